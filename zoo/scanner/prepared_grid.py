"""The grid of a study that is made of raw scans, and what is sampled on it: each scan once, from its own voxels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from zoo.scanner.raw_scan import RawScan
from zoo.study.resample import sample
from zoo.types import PreparationView

SHAPE, SPACING_MM = (240, 240, 155), 1.0
"""The grid of a prepared study: that of BraTS, with the brain in its middle."""
BY_HALVES = 0.5
"""Share of a voxel from which it is brain."""
SEEN = 0.99
"""Share of a voxel that a scan must show to say anything of it."""


def affine_around(brain: RawScan, turned: np.ndarray) -> np.ndarray:
    """Affine of the grid in whose middle a brain lies, float64 [4, 4], from its voxels to the upright world.

    brain: 1 within and 0 around it. turned: the motion from the upright world to the brain's, float64 [4, 4].
    """
    to_upright = np.linalg.inv(turned) @ brain.affine
    places = np.argwhere(brain.voxels) @ to_upright[:3, :3].T + to_upright[:3, 3]
    middle = (places.min(axis=0) + places.max(axis=0)) / 2
    affine = np.diag([SPACING_MM] * 3 + [1.0])
    affine[:3, 3] = middle - SPACING_MM * (np.array(SHAPE) - 1) / 2
    return affine


def carried(scan: RawScan, motion: np.ndarray, affine: np.ndarray, shape: Sequence[int] = SHAPE) -> np.ndarray:
    """Sample a scan on another grid, float32 [x, y, z]. motion: float64 [4, 4], from the grid's world to the scan's."""
    return sample(scan.voxels[None], np.linalg.inv(scan.affine) @ motion @ affine, shape)[0]


def mask_in(brain: RawScan, motion: np.ndarray, affine: np.ndarray, shape: Sequence[int] = SHAPE) -> np.ndarray:
    """Tell where a brain, 1 within and 0 around it, is on another grid, bool [x, y, z]; as `carried`."""
    return carried(brain, motion, affine, shape) >= BY_HALVES


def field_in(scan: RawScan, motion: np.ndarray, affine: np.ndarray, shape: Sequence[int]) -> np.ndarray:
    """Tell which voxels of another grid a scan shows, bool [x, y, z]; as `carried`."""
    return carried(RawScan(np.ones_like(scan.voxels), scan.affine), motion, affine, shape) >= SEEN


def planes_of(scans: Mapping[str, RawScan], motions: Mapping[str, np.ndarray], brain: RawScan) -> PreparationView:
    """Sample what shows how scans lie on each other and on the brain, 1 within and 0 around it.

    motions: of the scans to be seen, float64 [4, 4], from the upright world to their own; first that of the brain.
    """
    turned = next(iter(motions.values()))
    affine = affine_around(brain, turned)
    cuts = [_plane(affine, axis) for axis in range(3)]
    planes = {
        name: tuple(carried(scans[name], motion, *cut).take(0, axis) for axis, cut in enumerate(cuts))
        for name, motion in motions.items()
    }
    return PreparationView(planes, tuple(mask_in(brain, turned, *cut).take(0, axis) for axis, cut in enumerate(cuts)))


def _plane(affine: np.ndarray, axis: int) -> tuple[np.ndarray, list[int]]:
    """The middle plane of the grid at a right angle to one of its axes: its affine, float64 [4, 4], and its shape.

    It has a neighbour, as torch samples no grid of one plane without a warning.
    """
    to_grid, shape = np.eye(4), list(SHAPE)
    to_grid[axis, 3], shape[axis] = SHAPE[axis] // 2, 2
    return affine @ to_grid, shape
