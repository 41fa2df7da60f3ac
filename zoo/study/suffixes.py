"""The suffixes of files that hold a scan, in one table: how each is read, or why it isn't."""

from __future__ import annotations

import re

NIFTI = ("nii", "nii.gz")
MADE_NIFTI = ("mha", "nrrd", "mgz", "mgh")  # by a plugin, before a reader sees them
PAIRED = ("hdr", "img", "hdr.gz", "img.gz")  # these too, where both are there
ELSEWHERE = "keeps its voxels in another file: save the scan as .nii.gz, .mha or .nrrd, which hold their own"
NOWHERE = "is an array without a voxel size or a place in space: save it as .nii.gz, with the affine of its scan"
NOT_READ = {"mhd": ELSEWHERE, "nhdr": ELSEWHERE, "npy": NOWHERE, "npz": NOWHERE}

SUFFIXES = (*NIFTI, *MADE_NIFTI, *PAIRED, *NOT_READ)
SCAN = re.compile(rf"(?P<stem>[^.].*?)\.(?P<suffix>{'|'.join(map(re.escape, SUFFIXES))})", re.IGNORECASE)


def is_nifti(name: str) -> bool:
    return suffix_of(name) in NIFTI


def is_scan_file(name: str) -> bool:
    """Whether a file's name says that it holds a scan, be it one that can't be read."""
    return SCAN.fullmatch(name) is not None


def stem_of(name: str) -> str:
    """A scan's name without its suffix; "" of what is no scan."""
    match = SCAN.fullmatch(name)
    return match["stem"] if match else ""


def suffix_of(name: str) -> str:
    """A scan's suffix, without its dot and in lower case; "" of what is no scan."""
    match = SCAN.fullmatch(name)
    return match["suffix"].lower() if match else ""
