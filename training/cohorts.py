"""Cohorts: many labelled studies, each with its patient and site."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from zoo import GRADES, ZooError


class CohortError(ZooError):
    """The folder is not a cohort, or its labels can't be used."""


@dataclass(frozen=True)
class Case:
    """One labelled study. grade: "LGG" or "HGG"."""

    id: str
    grade: str
    patient: str
    site: str
    folder: Path


def load_cohort(root: Path) -> list[Case]:
    """The cases of a cohort in BraTS layout: by its cohort.csv, or else by its folders HGG/ and LGG/."""
    table = root / "cohort.csv"
    cases = _from_table(table) if table.is_file() else _from_folders(root)
    if {case.grade for case in cases} != set(GRADES):
        raise CohortError(
            f"{root}: expected a cohort.csv, or folders HGG/ and LGG/ with one folder per study in each; "
            f"found {len(cases)} studies. Make one with `python -m training simulate --out {root}`."
        )
    return cases


def _from_table(table: Path) -> list[Case]:
    with table.open(newline="") as file:
        return [
            Case(row["case"], _grade(row), row["patient"], row["site"], table.parent / row["folder"])
            for row in csv.DictReader(file)
        ]


def _grade(row: dict[str, str]) -> str:
    if row["grade"] not in GRADES:
        raise CohortError(f"{row['case']}: expected the grade LGG or HGG, found {row['grade']!r}; mend cohort.csv.")
    return row["grade"]


def _from_folders(root: Path) -> list[Case]:
    return [
        Case(folder.name, grade, patient=folder.name, site="", folder=folder)
        for grade in GRADES
        for folder in sorted((root / grade).glob("*/"))
    ]
