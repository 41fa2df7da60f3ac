"""The suffixes of files that hold a scan, and what copying and downloading leave in their names."""

from __future__ import annotations

import re

SUFFIXES = ("nii", "nii.gz", "nii.gz.gz")
SCAN = re.compile(rf"(?P<stem>[^.].*?)\.(?P<suffix>{'|'.join(map(re.escape, SUFFIXES))})", re.IGNORECASE)
# Chrome's "x (1).nii.gz", Firefox's "x.nii(1).gz", and what Windows and macOS call a copy.
COPY = re.compile(r"(?: - copy| copy)?(?: ?\(\d+\))?(?=(?:\.\w+)+$)", re.IGNORECASE)
# Whatever may be a scan: by its suffix, or without one as scanners export them, IM0001 or a UID.
IMAGE = re.compile(
    r"[^.].*\.(hdr|img|mha|mhd|nrrd|nhdr|mgz|mgh|mnc|npy|npz|dcm|ima|zip|gz|\d+)|[^.]*\d[^.]*", re.IGNORECASE
)


def is_nifti(name: str) -> bool:
    return is_scan_file(name)


def is_scan_file(name: str) -> bool:
    """Whether a file's name says that it holds a scan."""
    return SCAN.fullmatch(COPY.sub("", name)) is not None


def is_image(name: str) -> bool:
    """Whether a file may be a scan, in a format that is read or not: notes, tables and pictures are none."""
    return is_scan_file(name) or IMAGE.fullmatch(name) is not None


def stem_of(name: str) -> str:
    """A scan's name without its suffix and without a copy's number; "" of what is no scan."""
    match = SCAN.fullmatch(COPY.sub("", name))
    return match["stem"] if match else ""
