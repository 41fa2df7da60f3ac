"""Studies of either simulator."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from training.simulation.simulators import SIMULATORS
from training.simulation.study import SimulatedStudy


@pytest.fixture(scope="session")
def studies_of() -> Callable[[str], list[SimulatedStudy]]:
    """studies_of(simulator) -> twelve of them, simulated once and read-only."""

    @cache
    def simulate(simulator: str) -> list[SimulatedStudy]:
        studies = [SIMULATORS[simulator].simulate(7, index, spacing_mm=4.0) for index in range(12)]
        for study in studies:
            for array in (study.images, study.labels, study.affine):
                array.flags.writeable = False
        return studies

    return simulate
