"""CSV tables that say something about cases: manifests, labels.csv, and the mappings between BraTS years."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .case import CohortError
from .folders import files_named
from .known_cases import KnownCases
from .names import year_of

LABELS = re.compile(r"labels\.csv", re.IGNORECASE)
MAPPINGS = re.compile(r".*mapping.*\.csv", re.IGNORECASE)
SPREADSHEETS = re.compile(r"(labels|.*mapping.*)\.xlsx?", re.IGNORECASE)
CALLED = {
    "case": ("id", "case_id", "subject", "subject_id", "participant_id", "brats21id"),
    "grade": ("who_grade", "who_cns_grade", "tumor_grade", "tumour_grade"),
}
"""What public tables call a column that is needed here, where it has not the name that it has here."""
SEPARATED = re.compile(r"[\s-]+")
NOTHING = ("", "na", "n/a", "nan", "none")


@dataclass(frozen=True)
class Row:
    """One row of a table. cells: by lower-case name of the column, "" where nothing is given."""

    table: Path
    number: int
    cells: Mapping[str, str]

    def cases(self, known: KnownCases) -> list[str]:
        """Cases that a row speaks of: those that its column `case` means; or else every cell that is a known one.

        A grade for none of these still speaks of somebody: of the row's newest BraTS id.
        """
        if case := self.cells.get("case"):
            return known.called(case) or [case]
        if "case" in self.cells:
            return []
        named = {cell.lower(): cell for cell in self.cells.values() if cell in known}
        dated = [cell for cell in self.cells.values() if year_of(cell) and self.cells["grade"]]
        return list(named.values()) or sorted(dated, key=year_of)[-1:]


def read_labels(folders: Iterable[Path]) -> list[Row]:
    """The rows of every labels.csv and *mapping*.csv in the folders."""
    rows: list[Row] = []
    for folder in folders:
        for table in files_named(folder, LABELS):
            rows += read_table(table, needed=("case", "grade"))
        for table in files_named(folder, MAPPINGS):
            rows += read_table(table)
    return rows


def read_table(table: Path, needed: Collection[str] = ()) -> list[Row]:
    """Read the rows of a CSV separated by comma, semicolon or tab; `brats_grade` wins over `grade`.

    Raises `CohortError` where a needed column is missing.
    """
    text = _text(table)
    # Spreadsheets write semicolons where the comma is the decimal sign.
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    reader = csv.DictReader(io.StringIO(text), delimiter=delimiter)
    columns = _columns(reader.fieldnames or (), needed)
    if missing := [name for name in needed if not {name, f"brats_{name}"} & set(columns.values())]:
        raise CohortError(
            f"{table}: expected the columns {' and '.join(needed)}, found {', '.join(columns.values()) or 'none'}; "
            f"add {' and '.join(missing)}."
        )
    return [Row(table, number, _cells(row, columns)) for number, row in enumerate(reader, start=2)]


def unread_spreadsheets(folders: Iterable[Path]) -> list[str]:
    """Names of spreadsheets that hold labels or a mapping and have no CSV of the same name beside them."""
    found = [path for folder in folders for path in files_named(folder, SPREADSHEETS)]
    return [path.name for path in found if not path.with_suffix(".csv").is_file()]


def _text(table: Path) -> str:
    try:
        return table.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise CohortError(f"{table}: expected a CSV in UTF-8, found another encoding; save it as CSV UTF-8.") from None


def _columns(names: Sequence[str], needed: Collection[str]) -> dict[str, str]:
    """What the columns of a table are called here; one that is needed and lacking may have another name there."""
    columns = {name: name.strip().lower() for name in names}
    for name in needed:
        called = (each for each, plain in columns.items() if SEPARATED.sub("_", plain) in CALLED.get(name, ()))
        if name not in columns.values() and (found := next(called, None)):
            columns[found] = name
    return columns


def _cells(row: Mapping[str | None, str | None], columns: Mapping[str, str]) -> dict[str, str]:
    cells = {columns[name]: _given(value) for name, value in row.items() if name is not None}
    return cells | {"grade": cells.get("brats_grade") or cells.get("grade", "")}


def _given(value: str | None) -> str:
    value = (value or "").strip()
    return "" if value.lower() in NOTHING else value
