"""Loading of a cohort from a folder or a manifest: all that is said is joined by case, what is doubtful left out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from zoo import GRADES, MODALITIES
from zoo.checkout import TRAINING
from zoo.study.sources import scans_in

from .case import Case, Cohort, CohortError, LeftOut
from .claims import NO_FOLDER, NO_GRADE, Claims, gather
from .folders import case_folders, find_masks, levels, subfolders
from .label_tables import read_labels, read_table, unread_spreadsheets
from .names import hospital_of, patient_of, since, site_of, without_time_point

NAMED = 5
"""How many cases an error names, of each side."""


def load_cohort(root: Path) -> Cohort:
    """Find the labelled studies of `root`, a folder or a manifest CSV. No image is opened.

    A folder has one folder per study, in HGG/ and LGG/ or side by side; labels.csv (`case, grade`) or a *mapping*.csv
    gives the grades that folders don't tell. A manifest, also as cohort.csv in the folder, has `case, grade` and
    optionally patient, site, hospital, seg, p_hgg, and folder or t1, t1ce, t2, flair, relative to itself.

    What is missing or doubtful becomes a `LeftOut`. Raises `CohortError` when a grade has no usable study, or a table
    can't be read or lacks a column.
    """
    wrapped = levels(root)
    claims, left_out = _claims(root, wrapped)
    unread = unread_spreadsheets(wrapped)
    doubts = {case.case: case.doubt(unread) for case in claims}
    names = _names_by_patient(claims)
    cases = [_case(case, names[_key(case)]) for case in claims if not doubts[case.case]]
    two_graded = _two_graded(cases)
    doubts |= {case.id: f"its patient {case.patient} has both grades" for case in cases if case.patient in two_graded}
    left_out += [LeftOut(case, doubt) for case, doubt in doubts.items() if doubt]
    usable = sorted((case for case in cases if case.patient not in two_graded), key=lambda case: case.id)
    return _with_both_grades(Cohort(root, tuple(usable), tuple(left_out)))


def _claims(root: Path, wrapped: Sequence[Path]) -> tuple[list[Claims], list[LeftOut]]:
    if manifest := _manifest(root, wrapped):
        return gather(manifest.parent, (), read_table(manifest, needed=("case", "grade")))
    return gather(wrapped[-1], case_folders(wrapped[-1]), read_labels(wrapped))


def _manifest(root: Path, wrapped: Iterable[Path]) -> Path | None:
    if not root.exists():
        raise CohortError(f"{root}: expected a folder of studies or a manifest CSV, found nothing; check the path.")
    if root.is_file() and root.suffix.lower() != ".csv":
        raise CohortError(f"{root}: expected a folder or a manifest CSV, found another file; save it as CSV.")
    candidates = [root] if root.is_file() else [folder / "cohort.csv" for folder in wrapped]
    return next((path for path in candidates if path.is_file()), None)


def _names_by_patient(claims: Iterable[Claims]) -> dict[str, set[str]]:
    """Gather names by patient, over all time points, since a mapping may know only the first."""
    names: dict[str, set[str]] = defaultdict(set)
    for case in claims:
        names[_key(case)] |= case.names
    return names


def _key(case: Claims) -> str:
    return without_time_point(case.case.lower())


def _case(claims: Claims, names: set[str]) -> Case:
    files, folder = claims.paths(MODALITIES), Path(claims.get("folder"))
    mask = claims.paths(["seg"]).get("seg") or (None if files else next(iter(find_masks(folder)), None))
    site = claims.get("site") or site_of(names)
    return Case(
        id=claims.case,
        grade=claims.get("grade"),
        patient=claims.get("patient") or patient_of(claims.case, names),
        site=site,
        hospital=claims.get("hospital") or hospital_of(site),
        source=files or folder,
        mask=mask,
        since=since(names),
        p_hgg=float(claims.get("p_hgg")) if claims.get("p_hgg") else None,
    )


def _two_graded(cases: Iterable[Case]) -> set[str]:
    """The patients that have studies of both grades."""
    patients = Counter(patient for patient, _ in {(case.patient, case.grade) for case in cases})
    return {patient for patient, grades in patients.items() if grades > 1}


def _with_both_grades(cohort: Cohort) -> Cohort:
    grades = [case.grade for case in cohort.cases]
    if set(grades) == set(GRADES):
        return cohort
    counts = " and ".join(f"{grades.count(grade)} {grade}" for grade in GRADES)
    reasons = "".join(f"; {out.case}: {out.reason}" for out in cohort.left_out[:3])
    hints = _unmatched(cohort.left_out) + _lying_deeper(cohort.root)
    raise CohortError(
        f"{cohort.root}: expected studies of both grades, in folders HGG/ and LGG/, or side by side with labels.csv or "
        f"*mapping*.csv, or in a manifest CSV; found {len(grades)} studies ({counts}) and {len(cohort.left_out)} that "
        f"can't be used{reasons}. {hints}Mend them, or make some with `{TRAINING} simulate --out cohorts/simulated`."
    )


def _is_study(folder: Path) -> bool:
    return len(scans_in(folder)) > 1


def _unmatched(left_out: Sequence[LeftOut]) -> str:
    """Say which names of a table are no folder's, and which folders no row speaks of, a few of each."""
    strangers, ungraded = (
        ", ".join([out.case for out in left_out if out.reason.startswith(reason)][:NAMED])
        for reason in (NO_FOLDER, NO_GRADE)
    )
    if not (strangers and ungraded):
        return ""
    return f"Names don't match: tables speak of {strangers}; folders are called {ungraded}. "


def _lying_deeper(root: Path) -> str:
    """Say where studies lie, if it is in a folder below."""
    if not root.is_dir():
        return ""
    inside = [folder for folder in subfolders(levels(root)[-1]) if not scans_in(folder)]
    found = next((folder for folder in inside if sum(map(_is_study, subfolders(folder))) > 1), None)
    return f"Studies seem to lie in {found}: give that folder. " if found else ""
