"""What is in a scan's file, compressed or not, whatever its name says; and what a file is that is no scan."""

from __future__ import annotations

from gzip import BadGzipFile
from io import BytesIO
from pathlib import Path
from typing import IO, cast

import nibabel as nib
from isal import igzip

MAX_FILE_BYTES = 200 * 2**20
MAX_PADDING = 2**20
GZIP = b"\x1f\x8b"
JUNK = "something that isn't part of the scan follows the end of its gzip; copy or download the file again"
CUT = "the file ends early or is damaged; copy or download it again"
TOO_LONG = "the file holds far more than its header announces; save it again"


class NotAScanError(Exception):
    """A file that can't be read as a scan, and why, in words."""


def check_file(path: Path) -> None:
    """Raise `NotAScanError` unless there is a file, of a size that is read."""
    if not path.is_file():
        raise NotAScanError("no such file; give the path of a .nii or .nii.gz file")
    if path.stat().st_size > MAX_FILE_BYTES:
        raise NotAScanError(f"the file is larger than {MAX_FILE_BYTES // 2**20} MB; resample it to 1 mm")


def gzip_layers(path: Path) -> int:
    """Tell how often a file was compressed by what is in it, as a name can be wrong."""
    with path.open("rb") as file:
        if file.read(len(GZIP)) != GZIP:
            return 0
    with igzip.open(path) as file:
        return 2 if file.read(len(GZIP)) == GZIP else 1


def open_stream(path: Path, layers: int) -> IO[bytes]:
    """A file's content, without the gzip around it, of which there may be two."""
    if layers < 2:
        return cast(IO[bytes], igzip.open(path) if layers else path.open("rb"))
    most = min(2 * path.stat().st_size + 2**20, MAX_FILE_BYTES)  # what is compressed hardly shrinks again; a bomb does
    with igzip.open(path) as outer:
        inner = outer.read(most + 1)
    if len(inner) > most:
        raise NotAScanError("the file is compressed twice, and unpacks to far too much; save the scan again")
    return cast(IO[bytes], igzip.open(BytesIO(inner)))


def why_damaged(error: Exception) -> str:
    """Why a file can't be read to its end, of what was raised then."""
    if isinstance(error, NotAScanError):
        return str(error)
    is_junk = isinstance(error, BadGzipFile) and "Not a gzipped" in str(error)  # a wrong checksum is of this kind too
    return JUNK if is_junk else CUT


def what_it_is(block: bytes) -> str:
    """What a file is that begins like this and is no scan, "" where that can't be told."""
    if not block:
        return "the file is empty; copy or download it again"
    if block.startswith(b"version https://git-lfs"):
        return "a Git LFS pointer, which only stands for the scan; get the scan itself with `git lfs pull`"
    if block[128:132] == b"DICM":
        return "a DICOM file under another name; give all DICOM files of the study, under their own names"
    if nib.AnalyzeHeader.may_contain_header(block) and not any(block[344:348]):  # where NIfTI says that it is NIfTI
        return "an Analyze 7.5 file, which doesn't say which side is left; convert the scan from its source to NIfTI"
    if not any(byte < 32 and chr(byte) not in "\t\n\r\f" for byte in block):
        return "a text file, not a scan; copy or download the scan again"
    return ""
