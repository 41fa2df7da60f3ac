"""Where the studies of a cohort lie on disk. No image is opened."""

from __future__ import annotations

import re
from pathlib import Path

from zoo import GRADES

# "Segm" because the mask of BraTS20_Training_355 is called W39_1998.09.19_Segm.nii.
MASK = re.compile(r".*seg[a-z]*\.nii(\.gz)?", re.IGNORECASE)
NIFTI = re.compile(r".*\.nii(\.gz)?", re.IGNORECASE)


def levels(root: Path) -> list[Path]:
    """`root`, then what is wrapped in it: its only subfolder, that one's only subfolder, down to the studies."""
    inside = subfolders(root)
    if len(inside) != 1 or _grade_of(inside[0]) or nifti_files(inside[0]):
        return [root]
    return [root, *levels(inside[0])]


def case_folders(home: Path) -> list[tuple[Path, str]]:
    """Each study's folder with the grade that the folder above it tells: "HGG", "LGG" or ""."""
    inside = subfolders(home)
    graded = [(folder, _grade_of(parent)) for parent in inside if _grade_of(parent) for folder in subfolders(parent)]
    return graded + [(folder, "") for folder in inside if not _grade_of(folder)]


def subfolders(folder: Path) -> list[Path]:
    return [path for path in _visible(folder) if path.is_dir()]


def files_named(folder: Path, pattern: re.Pattern[str]) -> list[Path]:
    return [path for path in _visible(folder) if pattern.fullmatch(path.name) and path.is_file()]


def nifti_files(folder: Path) -> list[Path]:
    return files_named(folder, NIFTI)


def find_mask(folder: Path) -> Path | None:
    return next(iter(files_named(folder, MASK)), None)


def _grade_of(folder: Path) -> str:
    return folder.name.upper() if folder.name.upper() in GRADES else ""


def _visible(folder: Path) -> list[Path]:
    """List a folder without what macOS leaves there: ._name beside a file and __MACOSX beside a folder."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if not path.name.startswith((".", "__")))
