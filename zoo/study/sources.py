"""What a user gives: a folder, a file, or a list of files."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

NIFTI = re.compile(r"(?P<stem>[^.].*?)\.nii(\.gz)*", re.IGNORECASE)
# Chrome's "x (1).nii.gz", Firefox's "x.nii(1).gz", and what Windows and macOS call a copy.
COPY = re.compile(r"(?: - copy| copy)?(?: ?\(\d+\))?(?=(?:\.\w+)+$)", re.IGNORECASE)
# Whatever may be a scan: by its suffix, or without one as scanners export them, IM0001 or a UID.
IMAGE = re.compile(
    r"[^.].*\.(hdr|img|mha|mhd|nrrd|nhdr|mgz|mgh|mnc|npy|npz|dcm|ima|zip|gz|\d+)|[^.]*\d[^.]*", re.IGNORECASE
)


def files_of(source: Any) -> list[Path]:
    """The files given, or those in the folder given; none of a source that says already which file is which.

    A folder that is named like a file, as Kaggle unpacks x_t1.nii to x_t1.nii/x_t1.nii, stands for what is in it.
    """
    if isinstance(source, Mapping):
        return []
    if isinstance(source, str | Path):
        path = Path(source)
        return _unwrapped(sorted(path.iterdir())) if path.is_dir() else [path]
    return _unwrapped([Path(item) for item in source])


def scans_in(folder: Path) -> list[Path]:
    """List the scans in a folder."""
    return [path for path in visible_in(folder) if is_nifti(path.name) and path.is_file()]


def folders_in(folder: Path) -> list[Path]:
    """List the folders in a folder, without those that stand for a file."""
    return [path for path in visible_in(folder) if is_folder(path)]


def is_nifti(name: str) -> bool:
    return stem(name) != ""


def is_image(name: str) -> bool:
    """Tell whether a file may be a scan, in a format that is read or not: notes, tables and pictures are none."""
    return is_nifti(name) or IMAGE.fullmatch(name) is not None


def stem(name: str) -> str:
    """What a NIfTI file is called without its suffix and without a copy's number; "" of other files."""
    match = NIFTI.fullmatch(COPY.sub("", name))
    return match["stem"] if match else ""


def is_folder(path: Path) -> bool:
    """Tell whether a path is a folder, and not one that stands for a file."""
    return path.is_dir() and not is_nifti(path.name)


def visible_in(folder: Path) -> list[Path]:
    """List a folder without what macOS leaves there, ._name and __MACOSX; nothing of one that can't be read."""
    try:
        return [path for path in files_of(folder) if not path.name.startswith((".", "__"))]
    except OSError:
        return []


def _unwrapped(paths: Sequence[Path]) -> list[Path]:
    """Put in the place of each folder that stands for a file what is in it."""
    stand_in = {path for path in paths if is_nifti(path.name) and path.is_dir()}
    return [file for path in paths for file in (sorted(path.iterdir()) if path in stand_in else [path])]
