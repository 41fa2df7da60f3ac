"""The suffixes of scans that are not NIfTI, in one table: which become NIfTI, and why others aren't read."""

from __future__ import annotations

import re

from zoo.study.sources import is_nifti, stem

MADE_NIFTI = ("mha", "nrrd", "mgz", "mgh")
PAIRED = ("hdr", "img", "hdr.gz", "img.gz")  # made NIfTI too, where both are there
ELSEWHERE = "keeps its voxels in another file: save the scan as .nii.gz, .mha or .nrrd, which hold their own"
NOWHERE = "is an array without a voxel size or a place in space: save it as .nii.gz, with the affine of its scan"
HALF = "half of a NIfTI pair; give its .hdr and its .img together, under one name"
NOT_READ = {"mhd": ELSEWHERE, "nhdr": ELSEWHERE, "npy": NOWHERE, "npz": NOWHERE}

SUFFIXES = (*MADE_NIFTI, *PAIRED, *NOT_READ)
SCAN = re.compile(rf"(?P<stem>[^.].*?)\.(?P<suffix>{'|'.join(map(re.escape, SUFFIXES))})", re.IGNORECASE)


def is_scan_file(name: str) -> bool:
    """Whether a file's name says that it holds a scan, be it one that can't be read."""
    return is_nifti(name) or SCAN.fullmatch(name) is not None


def may_be_read(name: str) -> bool:
    """Whether a file's name says that it holds a scan in a format that is read."""
    return is_scan_file(name) and split_suffix(name)[1] not in NOT_READ


def split_suffix(name: str) -> tuple[str, str]:
    """A scan's name and its suffix, in lower case and without its dot; "" for NIfTI files and for what is no scan."""
    match = SCAN.fullmatch(name)
    return (match["stem"], match["suffix"].lower()) if match else (name, "")


def scan_stem(name: str) -> str:
    """What a scan's file is called without its suffix, in any format; "" of other files."""
    return stem(name) or (split_suffix(name)[0] if is_scan_file(name) else "")


def why_not_read(name: str) -> str:
    """Why a file of this name can't be read by itself, and what to do; "" where its name tells nothing against it."""
    _, suffix = split_suffix(name)
    if suffix in PAIRED:
        return HALF
    return f"a .{suffix} file {NOT_READ[suffix]}" if suffix in NOT_READ else ""
