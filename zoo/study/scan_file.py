"""Opening of a scan's file: everything about a NIfTI file's header is checked before its voxels are allocated."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np

from zoo.study.nifti_space import affine_in_mm
from zoo.study.scan_stream import NotAScanError, check_file, gzip_layers, open_stream, what_it_is, why_damaged
from zoo.study.suffixes import HALF, why_not_read

MAX_VOXELS = 40_000_000
AXIS_RANGE = (16, 512)
SPACING_RANGE_MM = (0.3, 8.0)
HEADER_BYTES = 540  # of NIfTI-2, the longer one
NIFTI_HEADER_BYTES = 348
MAX_OFFSET = 16 * 2**20  # room for extensions, such as a DICOM header
SINGLE_MAGICS, PAIRED_MAGICS = (b"n+1", b"n+2"), (b"ni1", b"ni2")
COMPRESSED = ("isn't compressed", "is compressed", "is compressed twice")
NOT_NIFTI = "not a readable NIfTI file; expected .nii or .nii.gz, save it again"


@dataclass(frozen=True)
class Scan:
    """A file whose header has been read. dtype: as stored. shape: of the volume. affine: voxel to world in mm.

    layers: how often the file was compressed.
    """

    path: Path
    layers: int
    header: Any
    dtype: np.dtype
    shape: tuple[int, ...]
    affine: np.ndarray

    @property
    def remark(self) -> str:
        """What was read otherwise than the file's name says, "" if nothing."""
        told = [suffix.lower() for suffix in self.path.suffixes].count(".gz")
        return "" if self.layers == told else f"the file {COMPRESSED[self.layers]}, whatever its name says."


def open_scan(path: Path) -> Scan:
    """The scan with its header checked; nothing behind the header has been read yet. Raises `NotAScanError`."""
    if reason := why_not_read(path.name):
        raise NotAScanError(reason)
    scan = read_header(path)
    if bytes(scan.header["magic"])[:3] in PAIRED_MAGICS:
        raise NotAScanError(HALF)
    check_grid(scan.shape, scan.dtype, scan.affine)
    _check_layout(scan.header)
    return replace(scan, shape=scan.shape[:3])


def read_header(path: Path) -> Scan:
    """What a NIfTI file's header says, be it of half a pair or of several volumes; raises `NotAScanError`."""
    check_file(path)
    try:
        layers = gzip_layers(path)
        with open_stream(path, layers) as stream:
            block = stream.read(HEADER_BYTES)
    except Exception as error:  # a damaged gzip raises one of several kinds
        raise NotAScanError(why_damaged(error)) from error
    try:
        with np.errstate(all="ignore"):
            header = _header(block)
            dtype, shape, affine = header.get_data_dtype(), header.get_data_shape(), affine_in_mm(header)
    except Exception as error:  # nibabel lets seven kinds escape on damaged files
        raise NotAScanError(what_it_is(block) or NOT_NIFTI) from error
    if bytes(header["magic"])[:3] not in (*SINGLE_MAGICS, *PAIRED_MAGICS):
        raise NotAScanError(what_it_is(block) or NOT_NIFTI)
    return Scan(path, layers, header, dtype, shape, affine)


def check_grid(shape: tuple[int, ...], dtype: np.dtype, affine: np.ndarray) -> None:
    """Raise `NotAScanError` unless this is one volume of numbers, of a size and at a place that a head can have."""
    _check_voxels(shape, dtype)
    _check_space(affine)


def _header(block: bytes) -> Any:
    """Whatever the byte order; extensions, which can be of any size and hold a patient's name, are not read."""
    kind = nib.Nifti2Header if nib.Nifti2Header.may_contain_header(block) else nib.Nifti1Header
    return kind(block[: kind.template_dtype.itemsize], check=False)


def _check_voxels(shape: tuple[int, ...], dtype: np.dtype) -> None:
    axes, further = shape[:3], shape[3:]
    if len(axes) != 3 or any(size != 1 for size in further):
        wanted = "give one volume a file, or with it the dataset.json that names its volumes"
        raise NotAScanError(f"expected a 3-D volume, found shape {shape}; {wanted}")
    low, high = AXIS_RANGE
    if not all(low <= axis <= high for axis in axes) or np.prod(axes) > MAX_VOXELS:
        raise NotAScanError(f"expected {low} to {high} voxels along each axis, found {axes}; resample it")
    if dtype.kind not in "iuf":
        raise NotAScanError("expected voxels that are integers or floating-point numbers; convert the scan")


def _check_space(affine: np.ndarray) -> None:
    if not np.isfinite(affine).all() or abs(np.linalg.det(affine[:3, :3])) < 1e-6:
        raise NotAScanError("the header's affine is not a valid position in space; re-export the scan")
    spacing = np.linalg.norm(affine[:3, :3], axis=0)
    if not ((spacing >= SPACING_RANGE_MM[0]) & (spacing <= SPACING_RANGE_MM[1])).all():
        expected = f"expected voxels of {SPACING_RANGE_MM[0]} to {SPACING_RANGE_MM[1]} mm"
        raise NotAScanError(f"{expected}, found {spacing.round(2).tolist()}; check the header's units")


def _check_layout(header: Any) -> None:
    try:
        with np.errstate(all="ignore"):
            offset = header.get_data_offset()
            announced = [value for value in header.get_slope_inter() if value is not None]
        is_valid = NIFTI_HEADER_BYTES <= offset <= MAX_OFFSET and np.isfinite(announced).all()
    except Exception:  # of an offset that is no number, or scaling that is half there
        is_valid = False
    if not is_valid:
        raise NotAScanError("the header's data offset or intensity scaling is invalid; re-export the scan")
