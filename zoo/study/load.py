"""Loading of files as arrays on one grid, slab by slab; what can only be told by the voxels is checked as they come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nibabel as nib
import numpy as np

from zoo.errors import StudyError
from zoo.study.background import clear_background
from zoo.study.brain import brain_mask
from zoo.study.common_grid import Grid, common_grid
from zoo.study.nifti_space import transforms_that_disagree
from zoo.study.scan_file import Scan, open_scan
from zoo.study.scan_stream import MAX_PADDING, TOO_LONG, NotAScanError, open_stream, why_damaged
from zoo.types import MODALITIES, MODALITY_TITLES, Study, Volumes

SLAB_VOXELS = 2**20


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
    misnamed = {name: scan.remark for name, scan in scans.items()}
    remarks = (*study.remarks, *_by_scan(misnamed), *_by_scan(spaces), *_by_scan(backgrounds))
    return Volumes(study.id, data, present, grid.affine, brain, remarks, study.origins)


def load_scan(study_id: str, name: str, path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Read one scan on its own grid: voxels, float32 [x, y, z], and affine, float64 [4, 4]; raises `StudyError`.

    The noise around a head stays what it is: set to 0, with bone and water as dark, it hid from registration in which
    of them two scans agree.
    """
    scan = _open(study_id, name, path)
    voxels = np.zeros(scan.shape[::-1], np.float32).T
    _read_voxels(study_id, name, scan, voxels, noise=False)
    return voxels, scan.affine


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
    try:
        return open_scan(path)
    except NotAScanError as reason:
        raise _error(study_id, name, str(reason)) from reason


def _read_voxels(study_id: str, name: str, scan: Scan, into: np.ndarray, noise: bool = True) -> str | None:
    """Read a scan into zeros, float32 [x, y, z], with its background at 0; say what that was, if not 0.

    noise: see `clear_background`.
    """
    try:
        extremes, surplus = _fill(scan, into)
    except Exception as error:
        raise _error(study_id, name, why_damaged(error)) from error
    if surplus:
        raise _error(study_id, name, TOO_LONG)
    low, high = extremes  # NaN, where there is one
    if np.isinf(extremes).any():
        raise _error(study_id, name, "some voxels are not finite numbers; export the scan again")
    if low == high:
        raise _error(study_id, name, "all voxels have the same value; this is an empty scan")
    holes = bool(np.isnan(extremes).any())
    background = clear_background(into, holes, noise)
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
    with open_stream(scan.path, scan.layers) as stream, np.errstate(all="ignore"):
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
