"""Opening of a scan's file: everything about a NIfTI file's header is checked before its voxels are allocated."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any, cast

import nibabel as nib
import numpy as np
from isal import igzip

MAX_FILE_BYTES = 200 * 2**20
MAX_VOXELS = 40_000_000
AXIS_RANGE = (16, 512)
SPACING_RANGE_MM = (0.3, 8.0)
HEADER_BYTES = 540  # of NIfTI-2, the longer one
NIFTI_HEADER_BYTES = 348
MAX_OFFSET = 16 * 2**20  # room for extensions, such as a DICOM header
SINGLE_MAGICS, PAIRED_MAGICS = (b"n+1", b"n+2"), (b"ni1", b"ni2")
PAIRED_SUFFIXES = (".hdr", ".img")
MEND_A_PAIR = "whose place in space is easily lost; save both as one .nii.gz file"


class NotAScanError(Exception):
    """A file that can't be read as a scan, and why, in words."""


@dataclass(frozen=True)
class Scan:
    """A file whose header has been read. dtype: as stored. shape: of the volume. affine: voxel to world in mm."""

    path: Path
    header: Any
    dtype: np.dtype
    shape: tuple[int, ...]
    affine: np.ndarray


def open_scan(path: Path) -> Scan:
    """The scan with its header checked; nothing behind the header has been read yet. Raises `NotAScanError`."""
    if not path.is_file():
        raise NotAScanError("no such file; give the path of a .nii or .nii.gz file")
    if path.stat().st_size > MAX_FILE_BYTES:
        raise NotAScanError(f"the file is larger than {MAX_FILE_BYTES // 2**20} MB; resample it to 1 mm")
    if path.suffix.lower() in PAIRED_SUFFIXES:
        raise NotAScanError(f"half of a NIfTI pair of files, {MEND_A_PAIR}")
    try:
        with open_stream(path) as stream, np.errstate(all="ignore"):
            header = _header(stream.read(HEADER_BYTES))
            layout = (header.get_data_offset(), *header.get_slope_inter())
            scan = Scan(path, header, header.get_data_dtype(), header.get_data_shape(), header.get_best_affine())
    except Exception as error:  # nibabel lets seven kinds escape on damaged files
        raise NotAScanError("not a readable NIfTI file; expected .nii or .nii.gz, save it again") from error
    _check_header(scan, layout)
    return replace(scan, shape=scan.shape[:3])


def open_stream(path: Path) -> IO[bytes]:
    return cast(IO[bytes], igzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb"))


def _header(block: bytes) -> Any:
    """Whatever the byte order; extensions, which can be of any size and hold a patient's name, are not read."""
    kind = nib.Nifti2Header if nib.Nifti2Header.may_contain_header(block) else nib.Nifti1Header
    return kind(block[: kind.template_dtype.itemsize], check=False)


def _check_header(scan: Scan, layout: tuple) -> None:
    magic = bytes(scan.header["magic"])[:3]
    if magic in PAIRED_MAGICS:
        raise NotAScanError(f"half of a NIfTI pair of files, {MEND_A_PAIR}")
    if magic not in SINGLE_MAGICS:
        raise NotAScanError("not a readable NIfTI file; expected .nii or .nii.gz, save it again")
    _check_voxels(scan)
    _check_space(scan.affine)
    offset, *scaling = layout
    announced = [value for value in scaling if value is not None]
    if not NIFTI_HEADER_BYTES <= offset <= MAX_OFFSET or not np.isfinite(announced).all():
        raise NotAScanError("the header's data offset or intensity scaling is invalid; re-export the scan")


def _check_voxels(scan: Scan) -> None:
    axes, further = scan.shape[:3], scan.shape[3:]
    if len(axes) != 3 or any(size != 1 for size in further):
        raise NotAScanError(f"expected a 3-D volume, found shape {scan.shape}; give one volume a file")
    low, high = AXIS_RANGE
    if not all(low <= axis <= high for axis in axes) or np.prod(axes) > MAX_VOXELS:
        raise NotAScanError(f"expected {low} to {high} voxels along each axis, found {axes}; resample it")
    if scan.dtype.kind not in "iuf":
        raise NotAScanError("expected voxels that are integers or floating-point numbers; convert the scan")


def _check_space(affine: np.ndarray) -> None:
    if not np.isfinite(affine).all() or abs(np.linalg.det(affine[:3, :3])) < 1e-6:
        raise NotAScanError("the header's affine is not a valid position in space; re-export the scan")
    spacing = np.linalg.norm(affine[:3, :3], axis=0)
    if not ((spacing >= SPACING_RANGE_MM[0]) & (spacing <= SPACING_RANGE_MM[1])).all():
        expected = f"expected voxels of {SPACING_RANGE_MM[0]} to {SPACING_RANGE_MM[1]} mm"
        raise NotAScanError(f"{expected}, found {spacing.round(2).tolist()}; check the header's units")
