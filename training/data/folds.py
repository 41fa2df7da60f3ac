"""Which cases train, which validate and which test: no patient is ever on two sides."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from types import MappingProxyType

import numpy as np

from zoo import GRADES

from ..cohorts import Case, CohortError

OTHER_HOSPITALS = "other hospitals"
NOBODY: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True)
class Split:
    """Indices into a cohort's cases, each int64 [n] and ascending.

    train: what a model learns from. val: choices and calibration. test: the reported figures and nothing else.
    name: for people and files.
    """

    train: np.ndarray
    val: np.ndarray
    test: np.ndarray
    name: str = "single split"


def assign_folds(cases: Sequence[Case], count: int, seed: int, known: Mapping[str, int] = NOBODY) -> np.ndarray:
    """The fold of each case, int64 [N], 0 … `count` − 1: by patient, stratified by grade and hospital.

    A patient has the same fold in every BraTS year, since those of earlier years are dealt out first, and in an order
    that depends on nothing but `seed` and their names. This needs whole years with their name mappings; for parts of
    them pass as `known` (patient → fold) what an earlier call assigned: it is kept.

    Raises `CohortError` for fewer than `count` patients of a grade, or a known fold that isn't there.
    """
    _rarer_grade(cases, count, f"{count} folds", "choose fewer folds")
    patients = _patients(cases)
    folds: dict[str, int] = {}
    dealt: Counter[tuple[int, tuple[str, ...]]] = Counter()
    for case in sorted(patients.values(), key=lambda case: (case.patient not in known, *_turn(case, seed))):
        stratum = (case.grade, case.hospital)
        kinds = (stratum, stratum[:1], ())
        fold = _known_fold(case.patient, known, count) if case.patient in known else _emptiest(dealt, kinds, count)
        folds[case.patient] = fold
        dealt.update((fold, kind) for kind in kinds)
    return np.array([folds[case.patient] for case in cases])


def split_cohort(cases: Sequence[Case], seed: int, parts: int = 8) -> Split:
    """Split a cohort: one part in `parts` validates, one tests, the rest trains; see `assign_folds`.

    Small cohorts get fewer, larger parts; raises `CohortError` below three patients of each grade.
    """
    patients = _rarer_grade(cases, 3, "training, calibration and held-out figures", "add studies to the cohort")
    folds = assign_folds(cases, min(parts, patients), seed)
    return Split(train=np.flatnonzero(folds > 1), val=np.flatnonzero(folds == 1), test=np.flatnonzero(folds == 0))


def cross_validation(cases: Sequence[Case], count: int, seed: int, known: Mapping[str, int] = NOBODY) -> list[Split]:
    """One split for each fold of `assign_folds`: it is the test part, a stratified fifth of the rest validates."""
    folds = assign_folds(cases, count, seed, known)
    return [
        _split(cases, np.flatnonzero(folds != fold), np.flatnonzero(folds == fold), seed + fold + 1, name)
        for fold, name in enumerate(f"fold {number} of {count}" for number in range(1, count + 1))
    ]


def leave_one_hospital_out(cases: Sequence[Case], seed: int) -> list[Split]:
    """One split for each hospital with both grades, by name, and one that holds out all the other hospitals together.

    A patient whose hospital is unknown is on no side: it could be the one that is held out. Raises `CohortError`
    unless some hospital has both grades and enough patients remain to train.
    """
    groups = _hospital_groups(cases)
    names = sorted(set(groups) - {"", OTHER_HOSPITALS})
    if not names:
        raise CohortError(
            "Expected a hospital with studies of both grades, found none: give the column `hospital` in labels.csv, "
            "or use cross-validation."
        )
    names += [OTHER_HOSPITALS] * (OTHER_HOSPITALS in groups)
    return [
        _split(cases, np.flatnonzero((groups != name) & (groups != "")), np.flatnonzero(groups == name), seed + n, name)
        for n, name in enumerate(names, start=1)
    ]


def shared_patients(cases: Iterable[Case], others: Iterable[Case]) -> set[str]:
    """Patients with a study in both, which may be of different cohorts or BraTS years."""
    return {case.patient for case in cases} & {case.patient for case in others}


def require_no_leak(cases: Sequence[Case], split: Split, *external: Sequence[Case]) -> None:
    """Raise `CohortError` naming the patients on two sides; external: whole cohorts that are held out as well."""
    train, val, test = ([cases[i] for i in side] for side in (split.train, split.val, split.test))
    leaking = shared_patients(train, val) | shared_patients(train + val, chain(test, *external))
    if leaking:
        raise CohortError(
            f"{split.name}: expected every patient on one side only, found {len(leaking)} on two: "
            f"{', '.join(sorted(leaking)[:9])}; leave them out of one, or give different people different names."
        )


def _patients(cases: Iterable[Case]) -> dict[str, Case]:
    """One study for each patient, the same whatever the order of the cases."""
    ordered = sorted(cases, key=lambda case: (_wave(case), case.grade, case.hospital))
    return {case.patient: case for case in reversed(ordered)}


def _wave(case: Case) -> float:
    return case.since or float("inf")


def _turn(case: Case, seed: int) -> tuple[float, str, str, str]:
    """Tell when a patient is dealt out: by year, stratum after stratum, and within it shuffled by a hash."""
    shuffled = hashlib.sha256(f"{seed} {case.patient}".encode()).hexdigest()
    return _wave(case), case.grade, case.hospital, shuffled


def _emptiest(dealt: Counter, kinds: tuple[tuple[str, ...], ...], count: int) -> int:
    """The fold with the fewest of the patient's stratum, then of its grade, then in all."""
    return min(range(count), key=lambda fold: [dealt[fold, kind] for kind in kinds])


def _known_fold(patient: str, known: Mapping[str, int], count: int) -> int:
    if not 0 <= known[patient] < count:
        raise CohortError(
            f"Expected known folds from 0 to {count - 1}, found {known[patient]} for {patient}; "
            "ask for as many folds as there were."
        )
    return known[patient]


def _hospital_groups(cases: Sequence[Case]) -> np.ndarray:
    """What is held out with each case: its hospital if that has both grades, else the others; "" if unknown. str [N]"""
    patients = _patients(cases)
    graded = {(patient.hospital, patient.grade) for patient in patients.values()}
    single = {
        hospital for hospital, _ in graded if hospital and not all((hospital, grade) in graded for grade in GRADES)
    }
    hospitals = [patients[case.patient].hospital for case in cases]
    return np.array([OTHER_HOSPITALS if hospital in single else hospital for hospital in hospitals])


def _split(cases: Sequence[Case], rest: np.ndarray, test: np.ndarray, seed: int, name: str) -> Split:
    remaining = [cases[index] for index in rest]
    patients = _rarer_grade(remaining, 2, f"training and calibration outside {name}", "add studies to the cohort")
    folds = assign_folds(remaining, min(5, patients), seed)
    return Split(rest[folds > 0], rest[folds == 0], test, name)


def _rarer_grade(cases: Iterable[Case], least: int, purpose: str, advice: str) -> int:
    """How many patients the rarer grade has; raises `CohortError` where that is fewer than `least`."""
    grades = [patient.grade for patient in _patients(cases).values()]
    count, grade = min((grades.count(grade), grade) for grade in GRADES)
    if count < least:
        raise CohortError(
            f"Expected at least {least} patients of each grade for {purpose}, found {count} {grade}; {advice}."
        )
    return count
