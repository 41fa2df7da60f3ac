"""Whether the slices of a series are one volume, and in which order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from zoo.study.scan_file import AXIS_RANGE, MAX_VOXELS

from .headers import Series, Slice

GRID_TOLERANCE = 1e-3
GAP_TOLERANCE_MM = 0.1


class NotAVolumeError(Exception):
    """Slices that don't make one volume, and why, in words."""


def in_order(series: Series) -> list[Slice]:
    """The slices from the lowest to the highest along their normal; raises `NotAVolumeError`."""
    slices = series.slices
    grids = np.array([each.grid for each in slices])
    if any(each.samples != 1 for each in slices):
        raise NotAVolumeError("it is in colours")
    if not np.isfinite(grids).all() or not np.isfinite([each.position for each in slices]).all():
        raise NotAVolumeError("size, place or scale of a slice or frame is missing from its header")
    if np.abs(grids - grids[0]).max() > GRID_TOLERANCE:
        raise NotAVolumeError("its slices differ in size or orientation")
    _check_size(len(slices), *grids[0][:2])
    return _stacked(slices, grids[0])


def _check_size(count: int, rows: float, columns: float) -> None:
    low, high = AXIS_RANGE
    axes = (count, int(rows), int(columns))
    if not all(low <= axis <= high for axis in axes) or np.prod(axes) > MAX_VOXELS:
        raise NotAVolumeError(
            f"it has {axes[0]} slices of {axes[1]}×{axes[2]}, expected {low} to {high} along each axis"
        )


def _stacked(slices: Sequence[Slice], grid: np.ndarray) -> list[Slice]:
    row, column = grid[4:7], grid[7:10]
    normal = np.cross(row, column)
    if not np.allclose([row @ row, column @ column, row @ column], [1, 1, 0], atol=0.01):
        raise NotAVolumeError("its direction cosines are not at right angles")
    ordered = sorted(slices, key=lambda each: float(each.position @ normal))
    steps = np.diff([each.position for each in ordered], axis=0)
    gaps = steps @ normal
    if gaps.min() < GAP_TOLERANCE_MM:
        raise NotAVolumeError(f"it has several images at one place, {_why_several(slices)}")
    if np.abs(gaps - np.median(gaps)).max() > GAP_TOLERANCE_MM:
        raise NotAVolumeError("its slices are not evenly spaced: some are missing")
    if np.abs(steps - gaps[:, None] * normal).max() > GAP_TOLERANCE_MM:
        raise NotAVolumeError("its slices are not stacked at right angles")
    return ordered


def _why_several(slices: Sequence[Slice]) -> str:
    echoes = sorted({each.echo_time for each in slices if each.echo_time is not None})
    if len(echoes) == 1 or not echoes:
        return "as a series over time has"
    return f"of {len(echoes)} echo times ({echoes[0]:g} to {echoes[-1]:g} ms); each must be a series of its own"
