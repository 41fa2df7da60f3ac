"""What a visitor dropped, as NIfTI files for the table: zips are opened, DICOM and other formats converted at once."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Sequence
from pathlib import Path

from zoo.errors import StudyError
from zoo.registry import Registry
from zoo.study.sources import is_image, is_nifti
from zoo.study.suffixes import is_scan_file
from zoo.study.unused import not_used
from zoo.types import Unpacked


def is_packed(files: Sequence[Path]) -> bool:
    return not all(is_nifti(path.name) for path in files)


def unpacked(registry: Registry, files: Sequence[Path], cache: Path) -> Unpacked:
    """The scans in `files`, made in a new folder of `cache` where need be; the rest of what came out is deleted.

    What of that may be a scan is named in the remarks. Raises `StudyError`. Gradio cleans the scans up as it does
    uploads: what lies in its cache and is shown as a file goes an hour later.
    """
    folder = cache / f"scans-{secrets.token_hex(6)}"
    folder.mkdir(parents=True)
    try:
        found = registry.unpack(files, folder)
        scans = [path for path in found.scans if is_scan_file(path.name)]
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
    unknown = [path for path in found.scans if path not in scans and is_image(path.name)]
    return Unpacked(scans, (*found.remarks, *not_used({path.name: "not NIfTI" for path in unknown})))


def remarks_still_true(before: Unpacked, files: Sequence[Path]) -> tuple[str, ...]:
    """The remarks on an earlier upload as long as any of its scans is there: what came with them is still left out."""
    return () if set(before.scans).isdisjoint(files) else before.remarks
