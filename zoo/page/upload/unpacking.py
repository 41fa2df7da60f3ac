"""What a visitor dropped, as NIfTI files for the table: zips are opened, DICOM and other formats converted at once."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Sequence
from pathlib import Path

from zoo.errors import StudyError
from zoo.registry import Registry
from zoo.study.sources import is_nifti
from zoo.study.suffixes import is_scan_file


def is_packed(files: Sequence[Path]) -> bool:
    return not all(is_nifti(path.name) for path in files)


def unpacked(registry: Registry, files: Sequence[Path], cache: Path) -> list[Path]:
    """The scans in `files`, made in a new folder of `cache` where need be; the rest of what came out is deleted.

    Raises `StudyError`. Gradio cleans them up as it does uploads: what lies in its cache and is shown as a file goes
    an hour later.
    """
    folder = cache / f"scans-{secrets.token_hex(6)}"
    folder.mkdir(parents=True)
    try:
        scans = [path for path in registry.unpack(files, folder) if is_scan_file(path.name)]
        if not scans:
            raise StudyError(
                "No scans found: expected NIfTI, .mha, .nrrd, .mgz files, the DICOM files of one study, or a zip."
            )
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    for path in folder.rglob("*"):
        if path.is_file() and path not in scans:
            path.unlink()
    if not any(folder.iterdir()):
        folder.rmdir()
    return scans
