"""Reads DICOM: the series of one MR study become NIfTI files, named by what they are.

Regions go back to the archive as a SEG, grades as an SR.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from zoo import FolderTree, FoundStudy, Segmentation, StudyAnswers, StudyError, Unpacked, hookimpl
from zoo.checkout import INSTALL_DICOM
from zoo.compute.sandbox import run_sandboxed
from zoo.study.folder_tree import tree_of
from zoo.study.sources import files_of, is_nifti

from .exam_folders import studies_of
from .report_items import report_of

MAX_FILES = 5000
LOOKED_AT = 20  # files of a folder, until one tells whose it is
PREAMBLE_BYTES, MAGIC = 128, b"DICM"
REFERRED_TO = ("t1ce", "t1", "t2", "flair")  # by a SEG the first that there is: tumours are drawn on T1ce


@hookimpl
def find_studies(tree: FolderTree) -> list[FoundStudy]:
    """Find exams by patient and study, as the first header in each folder tells them; none among files alone."""
    folders = {each.path: [path for path in each.files if not is_nifti(path.name)] for each in tree.walk() if each.path}
    first = {folder: list(filter(_is_dicom, files[:LOOKED_AT])) for folder, files in folders.items()}
    dicom = {folder: files for folder, files in folders.items() if first[folder]}
    if not dicom:
        return []
    looked_at = [first[folder] for folder in dicom]
    exams = run_sandboxed(f"{__name__}.identity:exams_of", folders=looked_at) if len(dicom) > 1 else [None]
    return studies_of(dicom, exams)


@hookimpl
def unpack_scans(source: Any, folder: Path) -> Unpacked | None:
    """Convert a study's DICOM files and hand on its others; a folder with NIfTI files in it is left to their reader."""
    files = files_of(source)
    if isinstance(source, str | Path) and Path(source).is_dir():
        files = [] if any(is_nifti(path.name) for path in files) else tree_of(source).files_below[: MAX_FILES + 1]
    slices = [path for path in files if _is_dicom(path)]
    if not slices:
        return None
    if len(files) > MAX_FILES:  # of a folder, no more were looked at
        raise StudyError(f"More than {MAX_FILES} files, with DICOM; give the four series of one study only.")
    found = run_sandboxed(f"{__name__}.convert:convert", files=slices, folder=folder / "dicom")
    others = set(files).difference(slices)
    return replace(found, scans=[path for path in files if path in others] + found.scans)


@hookimpl
def encode_regions(segmentation: Segmentation, origins: Mapping[str, tuple[Path, ...]]) -> bytes | None:
    """A DICOM SEG of the regions, on the slices of T1ce's series, or of the first of the others that came as DICOM."""
    files = next((origins[name] for name in REFERRED_TO if name in origins), ())
    if not files:
        return None
    _expect_writable(segmentation.study, "DICOM SEG", files)
    return run_sandboxed(
        f"{__name__}.segmentation_object:encode",
        files=files,
        labels=segmentation.labels,
        affine=segmentation.affine,
        algorithm=(segmentation.model, segmentation.weights),
    )


@hookimpl
def encode_grades(answers: StudyAnswers, origins: Mapping[str, tuple[Path, ...]]) -> bytes | None:
    """A DICOM Structured Report of the grades, which refers to every series that came as DICOM, T1ce's first."""
    files = [file for name in REFERRED_TO for file in origins.get(name, ())]
    if not files:
        return None
    _expect_writable(answers.study, "DICOM SR", files)
    return run_sandboxed(f"{__name__}.structured_report:encode", files=files, report=report_of(answers))


def _expect_writable(study: str, written: str, files: Sequence[Path]) -> None:
    """Raise `StudyError` unless the files are there, and the library that writes such an object."""
    if not all(map(_is_dicom, files)):
        raise StudyError(
            f"{study}: a {written} refers to the study's DICOM files, which are no longer there, as those of a zip are "
            "unpacked for the reading only. Unpack the zip, and give its folder."
        )
    if find_spec("highdicom") is None:
        raise StudyError(f"A {written} is written by highdicom, which is not installed. Install it: {INSTALL_DICOM}")


def _is_dicom(path: Path) -> bool:
    if not path.is_file() or is_nifti(path.name):
        return False
    with path.open("rb") as file:
        return file.read(PREAMBLE_BYTES + len(MAGIC))[PREAMBLE_BYTES:] == MAGIC
