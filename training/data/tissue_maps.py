"""What simulated patients are made of, on a model's grid: made once, so that appearances can be painted at every look."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from tqdm import tqdm

from zoo import MODALITIES, Recipe, Volumes
from zoo.study.prepare import prepare
from zoo.study.resample import resample

from ..cohorts import Case
from ..jobs.process_pool import one_thread_each
from ..simulation.contrast import APPEARANCE
from ..simulation.simulators import SIMULATORS
from ..simulation.study import field_affine, simulate_tissues, study_id
from .prepared_cohort import short_hash

MAPS = len(APPEARANCE) + 1
"""The tissues of `APPEARANCE` in its order, and how much of a voxel is brain."""
FULL = 255


@dataclass(frozen=True)
class Patient:
    """A patient of the simulator that training studies come from, as `simulate_study` calls it."""

    seed: int
    index: int
    spacing_mm: float


def map_tissues(cases: Sequence[Case], rows: np.ndarray, recipe: Recipe, folder: Path) -> np.ndarray | None:
    """Tissue maps of a cohort's cases, uint8 [N, MAPS, D, H, W] of 255, memory-mapped; those of other `rows` are 0.

    A call that was stopped can be repeated. None unless all cases are this version's of a simulated cohort without
    hospitals: of no others is it known what they are made of.
    """
    patients = simulated_patients(cases)
    if patients is None:
        return None
    home = folder / f"tissues-{short_hash([str(patient) for patient in patients], _version(), recipe.as_json())}"
    home.mkdir(parents=True, exist_ok=True)
    maps = _array(home / "maps.npy", np.uint8, (len(cases), MAPS, *recipe.shape))
    made = _array(home / "made.npy", np.bool_, (len(cases),))
    missing = [row for row in rows.tolist() if not made[row]]
    if missing:
        _fill(maps, made, missing, [patients[row] for row in missing], recipe)
    return np.load(home / "maps.npy", mmap_mode="c")  # torch would warn of arrays that can't be written to


def simulated_patients(cases: Sequence[Case]) -> list[Patient] | None:
    """The patients behind the cases of a simulated cohort; None where any is not known well enough to be made again."""
    found = [_patient(case) for case in cases]
    patients = [patient for patient in found if patient is not None]
    return patients if len(patients) == len(found) else None


def _patient(case: Case) -> Patient | None:
    """A case as `training.simulation.cohort` wrote it, OUT/GRADE/CASE, with its cohort's description in OUT."""
    description = Path(case.source).parents[1] / "cohort.json" if isinstance(case.source, Path) else None
    if description is None or not description.is_file():
        return None
    made = json.loads(description.read_text(encoding="utf-8"))
    known = made.get("family") == "template" and made.get("version") == _version() and not made.get("sites")
    index = case.id.rpartition("-")[2]
    if not known or not index.isdecimal() or case.id != study_id(made["seed"], int(index)):
        return None
    return Patient(made["seed"], int(index), made["spacing_mm"])


def _version() -> str:
    return SIMULATORS["template"].version


def _array(path: Path, dtype: type, shape: tuple[int, ...]) -> np.ndarray:
    if path.is_file():
        return np.load(path, mmap_mode="r+")
    return np.lib.format.open_memmap(path, "w+", dtype, shape)


def _fill(
    maps: np.ndarray, made: np.ndarray, rows: Sequence[int], patients: Sequence[Patient], recipe: Recipe
) -> None:
    """Fill rows from all cores, each noted when it is whole."""
    with one_thread_each() as pool:
        found = pool.map(partial(tissues_of, recipe=recipe), patients, chunksize=4)
        for row, values in zip(rows, tqdm(found, "mapping tissues", len(rows), unit="study"), strict=True):
            maps[row] = values
            made[row] = True


def tissues_of(patient: Patient, recipe: Recipe) -> np.ndarray:
    """Tissues and brain of one patient on the grid on which its study is prepared, uint8 [MAPS, D, H, W]."""
    tissues, brain = simulate_tissues(patient.seed, patient.index, patient.spacing_mm)
    affine = field_affine(patient.spacing_mm)
    covered = brain.astype(np.float32)
    everywhere = np.ones(len(MODALITIES), bool)
    study = Volumes("brain", np.stack([covered] * len(MODALITIES)), everywhere, affine, brain)
    model_affine = prepare(study, recipe).affine
    shares = [resample(volume[None], affine, model_affine, recipe)[0] for volume in (*tissues, covered)]
    return np.rint(FULL * np.stack(shares)).astype(np.uint8)
