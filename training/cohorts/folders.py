"""Where the studies of a cohort lie on disk. No image is opened."""

from __future__ import annotations

import re
from pathlib import Path

from zoo import GRADES
from zoo.study.folder_tree import tree_of
from zoo.study.sources import folders_in, is_nifti, scans_in

# "Segm" because the mask of BraTS20_Training_355 is called W39_1998.09.19_Segm.nii.
MASK = re.compile(r".*seg[a-z]*\.nii(\.gz)?", re.IGNORECASE)
BRAIN = re.compile(r".*brain_(parenchyma_)?segmentation\..*", re.IGNORECASE)  # of UCSF-PDGM, beside the tumour's


def levels(root: Path) -> list[Path]:
    """`root`, then what is wrapped in it: its only subfolder, that one's only subfolder, down to the studies."""
    inside = subfolders(root)
    if len(inside) != 1 or _grade_of(inside[0]) or scans_in(inside[0]):
        return [root]
    return [root, *levels(inside[0])]


def case_folders(home: Path) -> list[tuple[Path, str]]:
    """Each study's folder with the grade that the folder above it tells: "HGG", "LGG" or ""."""
    inside = subfolders(home)
    graded = [(folder, _grade_of(parent)) for parent in inside if _grade_of(parent) for folder in subfolders(parent)]
    return graded + [(folder, "") for folder in inside if not _grade_of(folder)]


def subfolders(folder: Path) -> list[Path]:
    return folders_in(folder) if folder.is_dir() else []


def files_named(folder: Path, pattern: re.Pattern[str]) -> list[Path]:
    return [path for path in _visible(folder) if pattern.fullmatch(path.name) and path.is_file()]


def nifti_files(folder: Path) -> list[Path]:
    """A study's files: those in its folder, or where it has none, those in folders below, as EGD's lie."""
    if not folder.is_dir():
        return []
    return scans_in(folder) or [path for path in tree_of(folder).files_below if is_nifti(path.name)]


def find_masks(folder: Path) -> list[Path]:
    """List the masks of a study's tumour: one, if all is well."""
    return [path for path in nifti_files(folder) if MASK.fullmatch(path.name) and not BRAIN.fullmatch(path.name)]


def _grade_of(folder: Path) -> str:
    return folder.name.upper() if folder.name.upper() in GRADES else ""


def _visible(folder: Path) -> list[Path]:
    """List a folder without what macOS leaves there: ._name beside a file and __MACOSX beside a folder."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if not path.name.startswith((".", "__")))
