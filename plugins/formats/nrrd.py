"""NRRD (.nrrd) → NIfTI: https://teem.sourceforge.net/nrrd/format.html."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np
from isal import igzip

from zoo.study.scan_file import check_grid
from zoo.study.scan_stream import NotAScanError, check_file, why_damaged
from zoo.study.suffixes import ELSEWHERE

from .nifti_writer import copy_volumes, new_header
from .text_header import affine_of, expect_place, read_lines

TYPES = {
    "i1": ("signed char", "int8", "int8_t"),
    "u1": ("uchar", "unsigned char", "uint8", "uint8_t"),
    "i2": ("short", "short int", "signed short", "signed short int", "int16", "int16_t"),
    "u2": ("ushort", "unsigned short", "unsigned short int", "uint16", "uint16_t"),
    "i4": ("int", "signed int", "int32", "int32_t"),
    "u4": ("uint", "unsigned int", "uint32", "uint32_t"),
    "i8": ("longlong", "long long", "long long int", "signed long long", "signed long long int", "int64", "int64_t"),
    "u8": ("ulonglong", "unsigned long long", "unsigned long long int", "uint64", "uint64_t"),
    "f4": ("float",),
    "f8": ("double",),
}
NUMBER_OF = {name: number for number, names in TYPES.items() for name in names}
SPACES = {
    "right-anterior-superior": (1, 1, 1), "left-anterior-superior": (-1, 1, 1), "left-posterior-superior": (-1, -1, 1),
}  # fmt: skip
SHORT = {"".join(word[0] for word in space.split("-")): space for space in SPACES}
PLACE = ("space", "space directions", "space origin")
ORDERS = {"little": "<", "big": ">"}
ENCODINGS = {"raw": False, "gzip": True, "gz": True}
VECTOR = re.compile(r"\(([^()]*)\)")


def convert(files: Sequence[Path], paths: Sequence[Path]) -> None:
    """Copy the voxels as they are stored; raises `NotAScanError`."""
    (file,) = files
    check_file(file)
    try:
        with file.open("rb") as stream:
            fields = _fields(read_lines(stream, lambda line: not line))
            header = _header(fields)
            copy_volumes(_voxels(stream, fields), header, paths)
    except Exception as error:
        raise NotAScanError(why_damaged(error)) from error


def _fields(lines: Sequence[str]) -> dict[str, str]:
    """The fields, in lower case; neither comments nor what others have added."""
    told = [line.lower().partition(":") for line in lines if not line.startswith("#")]
    fields = {name.strip(): value.strip() for name, _, value in told if not value.startswith("=")}
    if "data file" in fields or "datafile" in fields:
        raise NotAScanError(f"a .nrrd file that {ELSEWHERE}")
    return fields


def _header(fields: Mapping[str, str]) -> Any:
    """The same as a NIfTI header, once it has been checked."""
    expect_place([name for name in PLACE if name not in fields])
    signs = SPACES.get(SHORT.get(fields["space"], fields["space"]))
    if signs is None:
        raise NotAScanError(f"expected a space of {', '.join(SPACES)}, found another; save the scan as .nii.gz")
    try:
        number = NUMBER_OF[fields["type"]]
        dtype = np.dtype(number if number in ("i1", "u1") else ORDERS[fields["endian"]] + number)
        shape = tuple(int(size) for size in fields["sizes"].split())
        axes, origin = (_vectors(fields[name]) for name in PLACE[1:])
        affine = affine_of(axes.reshape(3, 3), origin.reshape(3), signs)
    except (KeyError, ValueError) as error:
        raise NotAScanError("expected a 3-D volume of numbers, found another .nrrd file; save it as .nii.gz") from error
    check_grid(shape, dtype, affine)
    return new_header(shape, dtype, affine)


def _vectors(text: str) -> np.ndarray:
    return np.array([vector.split(",") for vector in VECTOR.findall(text)], float)


def _voxels(stream: IO[bytes], fields: Mapping[str, str]) -> IO[bytes]:
    is_packed = ENCODINGS.get(fields.get("encoding", ""))
    if is_packed is None or any(fields.get(skip, "0") != "0" for skip in ("line skip", "byte skip")):
        raise NotAScanError("expected voxels right behind the header, raw or as gzip; save the scan as .nii.gz")
    return igzip.open(stream) if is_packed else stream
