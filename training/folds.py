"""Which cases train, which calibrate, and which are held out: no patient is ever on two sides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold

from training.cohorts import Case, CohortError
from zoo import GRADES


@dataclass(frozen=True)
class Split:
    """Indices into a cohort. inner: calibration; held_out: the reported figures and nothing else."""

    train: np.ndarray
    inner: np.ndarray
    held_out: np.ndarray


def split_cohort(cases: Sequence[Case], seed: int, parts: int = 8) -> Split:
    """Stratify by grade, keep patients together: one part in `parts` is inner, one held out, the rest trains.

    Small cohorts get fewer, larger parts; raises `CohortError` below three cases of each grade.
    """
    grades = [case.grade for case in cases]
    parts = min(parts, *(grades.count(grade) for grade in GRADES))
    if parts < 3:
        raise CohortError(f"Expected at least 3 studies of each grade, found {parts}: add studies to the cohort.")
    patients = [case.patient for case in cases]
    folds = StratifiedGroupKFold(parts, shuffle=True, random_state=seed).split(grades, grades, patients)
    tests = [test for _, test in folds]
    return Split(train=np.sort(np.concatenate(tests[2:])), inner=tests[1], held_out=tests[0])
