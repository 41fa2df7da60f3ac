from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from training.cohorts import Case, CohortError
from training.folds import split_cohort


def _cases(patients, per_patient=2):
    return [
        Case(f"{patient}-{scan}", ("LGG", "HGG")[patient % 2], f"p{patient}", "", Path())
        for patient in range(patients)
        for scan in range(per_patient)
    ]


def test_every_case_is_used_once_and_no_patient_is_on_two_sides():
    cases = _cases(40)
    split = split_cohort(cases, seed=1)
    sides = [split.train, split.inner, split.held_out]
    assert sorted(np.concatenate(sides)) == list(range(80))
    patients = [{cases[index].patient for index in side} for side in sides]
    assert not patients[0] & patients[1]
    assert not patients[0] & patients[2]
    assert not patients[1] & patients[2]


def test_grades_are_balanced_and_the_seed_decides():
    cases = _cases(80, 1)
    split = split_cohort(cases, seed=1)
    assert [cases[index].grade for index in split.held_out].count("HGG") == len(split.held_out) / 2
    assert split.held_out.tolist() == split_cohort(cases, seed=1).held_out.tolist()
    assert split.held_out.tolist() != split_cohort(cases, seed=2).held_out.tolist()


def test_too_few_studies():
    with pytest.raises(CohortError, match="at least 3 studies of each grade, found 2"):
        split_cohort(_cases(4, 1), seed=0)
