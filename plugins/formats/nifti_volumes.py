"""NIfTI → NIfTI: a pair of files becomes one, and a file of several volumes several."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from pathlib import Path
from typing import Any

from zoo.study.scan_file import MAX_OFFSET, Scan, check_grid, read_header
from zoo.study.scan_stream import NotAScanError, gzip_layers, open_stream, why_damaged

from .nifti_writer import copy_volumes

KEPT = (
    "datatype", "bitpix", "pixdim", "scl_slope", "scl_inter", "xyzt_units", "qform_code", "sform_code", "quatern_b",
    "quatern_c", "quatern_d", "qoffset_x", "qoffset_y", "qoffset_z", "srow_x", "srow_y", "srow_z",
)  # fmt: skip


def convert(files: Sequence[Path], paths: Sequence[Path]) -> None:
    """Copy each volume as it is stored, with what the header says of numbers and place; raises `NotAScanError`."""
    scan = read_header(files[0])
    if prod(scan.shape[3:]) != len(paths):
        raise NotAScanError(f"expected a 3-D volume, found shape {scan.shape}; give one volume a file")
    check_grid(scan.shape[:3], scan.dtype, scan.affine)
    try:
        with open_stream(files[-1], gzip_layers(files[-1])) as stream:
            _skip(stream, scan)
            copy_volumes(stream, _one_volume(scan), paths)
    except Exception as error:
        raise NotAScanError(why_damaged(error)) from error


def _skip(stream: Any, scan: Scan) -> None:
    offset = int(scan.header["vox_offset"])
    if not 0 <= offset <= MAX_OFFSET:
        raise NotAScanError("the header's data offset is invalid; re-export the scan")
    stream.read(offset)


def _one_volume(scan: Scan) -> Any:
    header = type(scan.header)(endianness=scan.header.endianness)
    header.set_data_shape(scan.shape[:3])
    for field in KEPT:
        header[field] = scan.header[field]
    return header
