"""Reads DICOM: the series of one MR study become NIfTI files, named by what they are."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from zoo import StudyError, Unpacked, hookimpl
from zoo.compute.sandbox import run_sandboxed
from zoo.study.sources import files_of, is_nifti

MAX_FILES = 5000
PREAMBLE_BYTES, MAGIC = 128, b"DICM"


@hookimpl
def unpack_scans(source: Any, folder: Path) -> Unpacked | None:
    """Convert a study's DICOM files and hand on its others; a folder with NIfTI files in it is left to their reader."""
    files = files_of(source)
    if isinstance(source, str | Path) and Path(source).is_dir():
        files = [] if any(is_nifti(path.name) for path in files) else list(islice(_below(Path(source)), MAX_FILES + 1))
    slices = [path for path in files if _is_dicom(path)]
    if not slices:
        return None
    if len(files) > MAX_FILES:  # of a folder, no more were looked at
        raise StudyError(f"More than {MAX_FILES} files, with DICOM; give the four series of one study only.")
    found = run_sandboxed(f"{__name__}.convert:convert", files=slices, folder=folder / "dicom")
    others = set(files).difference(slices)
    return replace(found, scans=[path for path in files if path in others] + found.scans)


def _below(folder: Path) -> Any:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _is_dicom(path: Path) -> bool:
    if not path.is_file() or is_nifti(path.name):
        return False
    with path.open("rb") as file:
        return file.read(PREAMBLE_BYTES + len(MAGIC))[PREAMBLE_BYTES:] == MAGIC
