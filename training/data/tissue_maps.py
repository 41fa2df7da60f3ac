"""What simulated patients are made of, on a model's grid: mapped once, for appearances to be painted on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from zoo import MODALITIES, Recipe, Volumes
from zoo.study.prepare import prepare
from zoo.study.resample import resample

from ..cohorts import Case
from ..jobs.kept_rows import kept_rows
from ..simulation.cohort import DESCRIPTION
from ..simulation.contrast import APPEARANCE
from ..simulation.study import VERSION, field_affine, simulate_tissues, study_id

MAPS = len(APPEARANCE) + 1
"""The tissues of `APPEARANCE` in its order, and how much of a voxel is brain."""
FULL = 255


@dataclass(frozen=True)
class TissueMaps:
    """What a cohort's patients are made of.

    shares: uint8 [N, MAPS, D, H, W] of 255, memory-mapped: some 5 MB a patient. spacing: mm along D, H, W.
    """

    shares: np.ndarray
    spacing: tuple[float, float, float]


@dataclass(frozen=True)
class Patient:
    """A patient of the simulator that training studies come from, as `simulate_study` calls it."""

    seed: int
    index: int
    spacing_mm: float


def map_tissues(cases: Sequence[Case], recipe: Recipe, home: Path) -> TissueMaps | None:
    """Map what the patients of a cohort are made of over all cores, or open what an earlier call left in `home`.

    A call that was stopped can be repeated. None unless all cases are of a cohort that this version simulated, and
    without hospitals, whose looks are their own: what others are made of is not known.
    """
    patients = simulated_patients(cases)
    if patients is None:
        return None
    shape = (MAPS, *recipe.shape)
    shares = kept_rows(home, "shares", shape, np.uint8, partial(tissues_of, recipe=recipe), patients)
    return TissueMaps(shares, recipe.spacing)


def simulated_patients(cases: Sequence[Case]) -> list[Patient] | None:
    """The patients behind the cases of a simulated cohort; None where any is not known well enough to be made again."""
    found = [_patient(case) for case in cases]
    patients = [patient for patient in found if patient is not None]
    return patients if len(patients) == len(found) else None


def _patient(case: Case) -> Patient | None:
    """A case as `training.simulation.cohort` wrote it, OUT/GRADE/CASE, with its cohort's description in OUT."""
    description = Path(case.source).parents[1] / DESCRIPTION if isinstance(case.source, Path) else None
    if description is None or not description.is_file():
        return None
    made = json.loads(description.read_text(encoding="utf-8"))
    known = made.get("family") == "template" and made.get("version") == VERSION and not made.get("sites")
    index = case.id.rpartition("-")[2]
    if not known or not index.isdecimal() or case.id != study_id(made["seed"], int(index)):
        return None
    return Patient(made["seed"], int(index), made["spacing_mm"])


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
