"""MetaImage (.mha) → NIfTI: https://itk.org/Wiki/ITK/MetaIO/Documentation.

Neither it nor .nrrd is read by SimpleITK: 2.5.7 doesn't tell when a compressed scan and its checksum disagree, and a
header may keep its voxels in any other file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from zoo.study.scan_file import check_grid
from zoo.study.scan_stream import NotAScanError, check_file, why_damaged
from zoo.study.suffixes import ELSEWHERE

from .inflated import inflated
from .nifti_writer import copy_volumes, new_header
from .text_header import affine_of, expect_place, read_lines

LAST = "ElementDataFile"
FIELD = re.compile(r"(?P<name>\w+)\s*[=:]\s*(?P<value>.*)")
TYPES = {
    "MET_CHAR": "i1", "MET_UCHAR": "u1", "MET_SHORT": "i2", "MET_USHORT": "u2", "MET_INT": "i4", "MET_UINT": "u4",
    "MET_LONG_LONG": "i8", "MET_ULONG_LONG": "u8", "MET_FLOAT": "f4", "MET_DOUBLE": "f8",
}  # fmt: skip
PLACE = {
    "direction": ("TransformMatrix", "Rotation", "Orientation"),
    "origin": ("Offset", "Position", "Origin"),
    "spacing": ("ElementSpacing",),
}
"""What tells it, by any of these names."""
BIG_ENDIAN = ("BinaryDataByteOrderMSB", "ElementByteOrderMSB")
LPS = (-1, -1, 1)


def convert(files: Sequence[Path], paths: Sequence[Path]) -> None:
    """Copy the voxels as they are stored; raises `NotAScanError`."""
    (file,) = files
    check_file(file)
    try:
        with file.open("rb") as stream:
            fields = _fields(read_lines(stream, lambda line: line.startswith(LAST)))
            header = _header(fields)
            copy_volumes(inflated(stream) if _is_true(fields, "CompressedData") else stream, header, paths)
    except Exception as error:
        raise NotAScanError(why_damaged(error)) from error


def _fields(lines: Sequence[str]) -> dict[str, str]:
    fields = {match["name"]: match["value"] for match in map(FIELD.fullmatch, lines) if match}
    if fields.get(LAST, "").upper() != "LOCAL":
        raise NotAScanError(f"a .mha file that {ELSEWHERE}")
    return fields


def _header(fields: Mapping[str, str]) -> Any:
    """The same as a NIfTI header, once it has been checked."""
    place = {kind: _first(fields, names) for kind, names in PLACE.items()}
    expect_place([" or ".join(PLACE[kind]) for kind, value in place.items() if not value])
    if fields.get("ElementNumberOfChannels", "1") != "1" or not _is_true(fields, "BinaryData"):
        raise NotAScanError("expected one binary number a voxel; save the scan alone, as .nii.gz")
    if fields.get("HeaderSize", "0") != "0":
        raise NotAScanError("expected voxels right behind the header; save the scan as .nii.gz")
    try:
        dtype = np.dtype(TYPES[fields["ElementType"]]).newbyteorder(">" if _is_true(fields, *BIG_ENDIAN) else "<")
        shape = tuple(int(size) for size in fields["DimSize"].split())
        direction, origin, spacing = (np.array(place[kind].split(), float) for kind in PLACE)
        affine = affine_of(direction.reshape(3, 3) * spacing.reshape(3, 1), origin, LPS)
    except (KeyError, ValueError) as error:
        raise NotAScanError("expected a 3-D volume of numbers, found another .mha file; save it as .nii.gz") from error
    check_grid(shape, dtype, affine)
    return new_header(shape, dtype, affine)


def _first(fields: Mapping[str, str], names: Sequence[str]) -> str:
    return next((fields[name] for name in names if name in fields), "")


def _is_true(fields: Mapping[str, str], *names: str) -> bool:
    return _first(fields, names).upper() in ("TRUE", "T", "1")
