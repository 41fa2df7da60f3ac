"""All that folders and tables say about one case, kept side by side until it is known whether they agree."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from zoo import GRADES, MODALITIES

from .case import LeftOut
from .folders import find_masks, nifti_files
from .known_cases import KnownCases
from .label_tables import Row

FILES = (*MODALITIES, "seg")
NO_GRADE, NO_FOLDER = "no grade given", "its folder is not there"
WHO = re.compile(r"(?:who|cns|grade|g|\s)*([2-4]|ii|iii|iv)(?:\.0)?", re.IGNORECASE)  # a 1 may be anything
WHO_3 = "WHO grade 3"
WHO_GRADES = {
    **dict.fromkeys(("2", "II"), "LGG"),
    **dict.fromkeys(("3", "III"), WHO_3),
    **dict.fromkeys(("4", "IV"), "HGG"),
}
FACTS = ("grade", "patient", "site", "hospital", "folder", "p_hgg", *FILES)


@dataclass
class Claims:
    """All claims about one case.

    names: all that it is called anywhere. said: for each fact its values, and who says so.
    """

    case: str
    names: set[str]
    said: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    def add(self, fact: str, value: str, source: str) -> None:
        if value:
            self.said.setdefault(fact, {}).setdefault(value, []).append(source)

    def add_row(self, row: Row) -> None:
        self.names.update(row.cells.values())
        for fact in FACTS:
            self.add(fact, _normalised(fact, row.cells.get(fact, ""), row.table.parent), row.table.name)

    def get(self, fact: str) -> str:
        """Return what is said of a fact, or ""."""
        return next(iter(self.said.get(fact, {})), "")

    def paths(self, facts: Iterable[str]) -> dict[str, Path]:
        return {fact: Path(self.get(fact)) for fact in facts if self.get(fact)}

    def doubt(self, unread: Sequence[str]) -> str:
        """Why the case can't be used, in words; "" where it can. unread: spreadsheets that may know its grade."""
        faults = (self._disagreement(), self._absence(), self._mask_fault(), self._grade_fault(unread))
        return next(filter(None, faults), "") or self._probability_fault()

    def _disagreement(self) -> str:
        return "; ".join(
            f"{fact} " + ", but ".join(f"{value} by {' and '.join(sources)}" for value, sources in values.items())
            for fact, values in self.said.items()
            if len(values) > 1
        )

    def _absence(self) -> str:
        if absent := [str(path) for path in self.paths(FILES).values() if not path.is_file()]:
            return f"its files are not there: {', '.join(absent)}"
        folder = Path(self.get("folder"))
        if self.paths(MODALITIES) or nifti_files(folder):
            return ""
        return f"no NIfTI file in its folder {folder}" if folder.is_dir() else f"{NO_FOLDER}: {folder}"

    def _mask_fault(self) -> str:
        """Why the tumour's mask is not known, where no table tells it."""
        if self.paths(FILES):
            return ""
        masks = find_masks(Path(self.get("folder")))
        return f"several masks: {', '.join(path.name for path in masks)}; keep one" if len(masks) > 1 else ""

    def _grade_fault(self, unread: Sequence[str]) -> str:
        grade = self.get("grade")
        if not grade:
            return NO_GRADE + "".join(f"; {name} is not read: save it as CSV" for name in unread)
        if grade == WHO_3:
            return f"{WHO_3} is high-grade to the clinic and was LGG in BraTS: write HGG or LGG in a column brats_grade"
        return "" if grade in GRADES else f"expected the grade LGG or HGG, or the WHO's 2 to 4, found {grade!r}"

    def _probability_fault(self) -> str:
        given = self.get("p_hgg")
        return "" if not given or _is_probability(given) else f"expected p_hgg from 0 to 1, found {given!r}"


def gather(home: Path, folders: Iterable[tuple[Path, str]], rows: Iterable[Row]) -> tuple[list[Claims], list[LeftOut]]:
    """What folders (with the grade that their place tells) and rows say, by case; and the rows that name no case.

    A case without a folder or files of its own is expected in the folder of its name in `home`.
    """
    claims: dict[str, Claims] = {}
    for folder, grade in folders:
        case = claims.setdefault(folder.name.lower(), Claims(folder.name, {folder.name}))
        case.add("folder", str(folder), f"{folder.parent.name}/")
        case.add("grade", grade, f"{folder.parent.name}/")
    known, nameless = KnownCases(case.case for case in claims.values()), []
    for row in rows:
        cases = row.cases(known)
        for name in cases:
            claims.setdefault(name.lower(), Claims(name, {name})).add_row(row)
        if row.cells["grade"] and not cases:
            nameless.append(LeftOut(f"row {row.number} of {row.table.name}", "a grade, but no case is named"))
    for case in claims.values():
        if not case.get("folder"):
            case.add("folder", str(home / case.case), home.name)
    return list(claims.values()), nameless


def _is_probability(text: str) -> bool:
    try:
        return 0 <= float(text) <= 1
    except ValueError:
        return False


def _normalised(fact: str, value: str, folder: Path) -> str:
    if value and fact in ("folder", *FILES):
        return str(folder / value.replace("\\", "/"))  # as Windows writes it
    if fact == "p_hgg":
        return value.replace(",", ".")  # as spreadsheets write it
    return _grade(value) if fact == "grade" else value


def _grade(value: str) -> str:
    """LGG or HGG, also of a grade of the WHO, where that tells it; else what was given."""
    who = WHO.fullmatch(value)
    return WHO_GRADES[who[1].upper()] if who else value.upper() if value.upper() in GRADES else value
