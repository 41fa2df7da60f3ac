"""Studies of either simulator."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from training.simulation.simulators import SIMULATORS
from training.simulation.study import SimulatedStudy


@pytest.fixture(scope="session")
def studies_of(make_once: Callable[..., Path]) -> Callable[[str], list[SimulatedStudy]]:
    """studies_of(simulator) -> twelve of them, simulated once a run and read-only."""

    @cache
    def studies_by(simulator: str) -> list[SimulatedStudy]:
        def simulate(folder: Path) -> None:
            folder.mkdir()
            studies = [SIMULATORS[simulator].simulate(7, index, spacing_mm=4.0) for index in range(12)]
            (folder / "studies.pickle").write_bytes(pickle.dumps(studies))

        kept = make_once(f"studies-of-{simulator}", simulate) / "studies.pickle"
        studies: list[SimulatedStudy] = pickle.loads(kept.read_bytes())
        for study in studies:
            for array in (study.images, study.labels, study.affine):
                array.flags.writeable = False
        return studies

    return studies_by
