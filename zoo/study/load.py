"""Loading of files as arrays: everything about a NIfTI file is checked before and after its voxels are allocated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any, cast

import nibabel as nib
import numpy as np
from isal import igzip

from zoo.errors import StudyError
from zoo.study.background import clear_background
from zoo.study.brain import brain_mask
from zoo.study.common_grid import Grid, common_grid
from zoo.study.nifti_space import affine_in_mm, transforms_that_disagree
from zoo.types import MODALITIES, MODALITY_TITLES, Study, Volumes

MAX_FILE_BYTES = 200 * 2**20
MAX_VOXELS = 40_000_000
AXIS_RANGE = (16, 512)
SPACING_RANGE_MM = (0.3, 8.0)
HEADER_BYTES = 540  # of NIfTI-2, the longer one
NIFTI_HEADER_BYTES = 348
MAX_OFFSET = 16 * 2**20  # room for extensions, such as a DICOM header
MAX_PADDING = 2**20
SLAB_VOXELS = 2**20
SINGLE_MAGICS, PAIRED_MAGICS = (b"n+1", b"n+2"), (b"ni1", b"ni2")
PAIRED_SUFFIXES = (".hdr", ".img")
MEND_A_PAIR = "whose place in space is easily lost; save both as one .nii.gz file"


@dataclass(frozen=True)
class Scan:
    """A file whose header has been read. dtype: as stored. shape: of the volume. affine: voxel to world in mm."""

    path: Path
    header: Any
    dtype: np.dtype
    shape: tuple[int, ...]
    affine: np.ndarray


def load_volumes(study: Study) -> Volumes:
    """Read and check a study's scans, which must share one grid; raises `StudyError`."""
    names = [name for name in MODALITIES if name in study.paths]
    if not names:
        raise StudyError(f"{study.id}: no scans; expected at least one of {', '.join(MODALITY_TITLES.values())}.")
    scans = {name: _open(study.id, name, study.paths[name]) for name in names}
    grid = common_grid(study.id, {name: Grid(scan.shape, scan.affine) for name, scan in scans.items()})
    data = zero_volumes(grid.shape)
    with ThreadPoolExecutor(len(names)) as pool:
        reading = pool.map(lambda name: _read_voxels(study.id, name, scans[name], data[MODALITIES.index(name)]), names)
        backgrounds = dict(zip(names, reading, strict=True))
    present = np.array([name in scans for name in MODALITIES])
    brain = brain_mask([data[MODALITIES.index(name)] for name in names])
    spaces = {name: transforms_that_disagree(scan.header, scan.shape) for name, scan in scans.items()}
    remarks = (*study.remarks, *_by_scan(spaces), *_by_scan(backgrounds))
    return Volumes(study.id, data, present, grid.affine, brain, remarks)


def _by_scan(sentences: Mapping[str, str | None]) -> list[str]:
    """Sentences that name their scan; one for all scans of which the same is said."""
    said: dict[str, list[str]] = {}
    for name, sentence in sentences.items():
        if sentence:
            said.setdefault(sentence, []).append(MODALITY_TITLES[name])
    return [f"{', '.join(titles)}: {sentence}" for sentence, titles in said.items()]


def zero_volumes(shape: Sequence[int]) -> np.ndarray:
    """Volumes without anything in them, float32 [4, *shape], in memory as in files: x is fastest."""
    return np.zeros((len(MODALITIES), *reversed(shape)), np.float32).transpose(0, 3, 2, 1)


def _open(study_id: str, name: str, path: Path) -> Scan:
    """The scan with its header checked; nothing behind the header has been read yet."""
    if not path.is_file():
        raise _error(study_id, name, "no such file; give the path of a .nii or .nii.gz file")
    if path.stat().st_size > MAX_FILE_BYTES:
        raise _error(study_id, name, f"the file is larger than {MAX_FILE_BYTES // 2**20} MB; resample it to 1 mm")
    if path.suffix.lower() in PAIRED_SUFFIXES:
        raise _error(study_id, name, f"half of a NIfTI pair of files, {MEND_A_PAIR}")
    try:
        with _stream(path) as stream, np.errstate(all="ignore"):
            header = _header(stream.read(HEADER_BYTES))
            layout = (header.get_data_offset(), *header.get_slope_inter())
            scan = Scan(path, header, header.get_data_dtype(), header.get_data_shape(), affine_in_mm(header))
    except Exception as error:  # nibabel lets seven kinds escape on damaged files
        raise _error(study_id, name, "not a readable NIfTI file; expected .nii or .nii.gz, save it again") from error
    _check_header(study_id, name, scan, layout)
    return replace(scan, shape=scan.shape[:3])


def _stream(path: Path) -> IO[bytes]:
    return cast(IO[bytes], igzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb"))


def _header(block: bytes) -> Any:
    """Whatever the byte order; extensions, which can be of any size and hold a patient's name, are not read."""
    kind = nib.Nifti2Header if nib.Nifti2Header.may_contain_header(block) else nib.Nifti1Header
    return kind(block[: kind.template_dtype.itemsize], check=False)


def _check_header(study_id: str, name: str, scan: Scan, layout: tuple) -> None:
    magic = bytes(scan.header["magic"])[:3]
    if magic in PAIRED_MAGICS:
        raise _error(study_id, name, f"half of a NIfTI pair of files, {MEND_A_PAIR}")
    if magic not in SINGLE_MAGICS:
        raise _error(study_id, name, "not a readable NIfTI file; expected .nii or .nii.gz, save it again")
    _check_voxels(study_id, name, scan)
    _check_space(study_id, name, scan.affine)
    offset, *scaling = layout
    announced = [value for value in scaling if value is not None]
    if not NIFTI_HEADER_BYTES <= offset <= MAX_OFFSET or not np.isfinite(announced).all():
        raise _error(study_id, name, "the header's data offset or intensity scaling is invalid; re-export the scan")


def _check_voxels(study_id: str, name: str, scan: Scan) -> None:
    axes, further = scan.shape[:3], scan.shape[3:]
    if len(axes) != 3 or any(size != 1 for size in further):
        raise _error(study_id, name, f"expected a 3-D volume, found shape {scan.shape}; give one volume a file")
    low, high = AXIS_RANGE
    if not all(low <= axis <= high for axis in axes) or np.prod(axes) > MAX_VOXELS:
        raise _error(study_id, name, f"expected {low} to {high} voxels along each axis, found {axes}; resample it")
    if scan.dtype.kind not in "iuf":
        raise _error(study_id, name, "expected voxels that are integers or floating-point numbers; convert the scan")


def _check_space(study_id: str, name: str, affine: np.ndarray) -> None:
    if not np.isfinite(affine).all() or abs(np.linalg.det(affine[:3, :3])) < 1e-6:
        raise _error(study_id, name, "the header's affine is not a valid position in space; re-export the scan")
    spacing = np.linalg.norm(affine[:3, :3], axis=0)
    if not ((spacing >= SPACING_RANGE_MM[0]) & (spacing <= SPACING_RANGE_MM[1])).all():
        expected = f"expected voxels of {SPACING_RANGE_MM[0]} to {SPACING_RANGE_MM[1]} mm"
        raise _error(study_id, name, f"{expected}, found {spacing.round(2).tolist()}; check the header's units")


def _read_voxels(study_id: str, name: str, scan: Scan, into: np.ndarray) -> str | None:
    """Read a scan into zeros, float32 [x, y, z], with its background at 0; say what that was, if not 0."""
    try:
        extremes, surplus = _fill(scan, into)
    except Exception as error:
        raise _error(study_id, name, "the file ends early or is damaged; copy or download it again") from error
    if surplus:
        raise _error(study_id, name, "the file holds far more than its header announces; save it again")
    low, high = extremes  # NaN, where there is one
    if np.isinf(extremes).any():
        raise _error(study_id, name, "some voxels are not finite numbers; export the scan again")
    if low == high:
        raise _error(study_id, name, "all voxels have the same value; this is an empty scan")
    holes = bool(np.isnan(extremes).any())
    background = clear_background(into, holes)
    if holes and not into.any():
        raise _error(study_id, name, "no voxel is a number; this is an empty scan")
    if holes and not np.isfinite(into).all():
        raise _error(study_id, name, "some voxels inside the head are not finite numbers; export the scan again")
    return background


def _fill(scan: Scan, into: np.ndarray) -> tuple[np.ndarray, bool]:
    """Read slab by slab, so that no second copy of the volume is needed; into: zeros, float32 [x, y, z].

    Returns the least and the largest voxel, float32 [2], and whether more follows than padding.
    """
    slices = max(1, SLAB_VOXELS // (scan.shape[0] * scan.shape[1]))
    extremes = []
    with _stream(scan.path) as stream, np.errstate(all="ignore"):
        voxels = nib.arrayproxy.ArrayProxy(stream, scan.header).reshape(scan.shape)
        for start in range(0, scan.shape[2], slices):
            slab = voxels[..., start : start + slices]
            extremes += [slab.min(), slab.max()]
            rows = _rows_with_more_than_zeros(slab)
            into[:, rows, start : start + slices] = slab[:, rows]
        stream.read(MAX_PADDING)  # the end of a gzip has a checksum, which tells damage that looks like voxels
        return np.array([np.min(extremes), np.max(extremes)], np.float32), bool(stream.read(1))


def _rows_with_more_than_zeros(slab: np.ndarray) -> slice:
    """Rows from the first to the last: memory for background, which is zeros already, is never touched."""
    rows = np.flatnonzero(slab.any(axis=(0, 2)))
    return slice(rows[0], rows[-1] + 1) if len(rows) else slice(0)


def _error(study_id: str, name: str, message: str) -> StudyError:
    return StudyError(f"{study_id}: {MODALITY_TITLES[name]}: {message}.")
