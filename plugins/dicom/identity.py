"""Whose the files in a folder are, by the first header that tells. Runs in the limited process, see `convert`."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from zoo import StudyError

from .fields import text
from .headers import read_header


def exams_of(folders: Sequence[Sequence[Path]]) -> list[int | None]:
    """A number for each folder, given by its files: the same of one exam of one patient, None without MR images.

    No word of a header is handed on.
    """
    numbers: dict[tuple[str, str], int] = {}
    exams = [_exam_of(files) for files in folders]
    return [None if exam is None else numbers.setdefault(exam, len(numbers)) for exam in exams]


def _exam_of(files: Sequence[Path]) -> tuple[str, str] | None:
    """Patient and study by the first header of an MR image."""
    for path in files:
        with suppress(StudyError):  # a damaged one is told when its exam is read
            header = read_header(path)
            if header.get("Modality") == "MR":
                return text(header, "PatientID"), text(header, "StudyInstanceUID")
    return None
