"""Where the brain is: skull-stripped scans are 0 everywhere else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from zoo.study.quantiles import quantiles
from zoo.types import Volumes

BRAIN_LITRES = (0.8, 2.0)
"""What a brain without its skull has, at least and at most."""


def brain_mask(data: np.ndarray | Sequence[np.ndarray]) -> np.ndarray:
    """Tell brain from background: True where some modality differs from 0, bool [x, y, z].

    data: [M, x, y, z], intensities as stored; zeros where a modality is absent, unless it is left out. One modality,
    [1, x, y, z], gives its own outline.
    """
    mask: np.ndarray = data[0] != 0
    for scan in data[1:]:
        mask |= scan != 0
    return mask


def litres(mask: np.ndarray, affine: np.ndarray) -> float:
    """Volume of a mask, bool [x, y, z]. affine: float64 [4, 4], voxel to world in mm."""
    return float(np.count_nonzero(mask) * abs(np.linalg.det(affine[:3, :3])) / 1e6)


def bounding_box(mask: np.ndarray) -> tuple[slice, ...]:
    """Slices of the smallest box that holds a mask, bool [x, y, z], of which some voxel is True."""
    ends = [np.flatnonzero(_projection(mask, axis))[[0, -1]] for axis in range(3)]
    return tuple(slice(int(first), int(last) + 1) for first, last in ends)


def affine_in(box: tuple[slice, ...], affine: np.ndarray) -> np.ndarray:
    """Affine from a box's voxels to the world, float64 [4, 4], from that of the grid which the box lies in."""
    shift = np.eye(4)
    shift[:3, 3] = [side.start for side in box]
    return affine @ shift


def cropped(volumes: Volumes) -> Volumes:
    """The same study without the background around the brain's box: views, no copies. The brain is not empty."""
    box = bounding_box(volumes.brain)
    affine = affine_in(box, volumes.affine)
    return replace(volumes, data=volumes.data[:, *box], affine=affine, brain=volumes.brain[box])


def brain_extent(volumes: Volumes, outermost: float) -> tuple[np.ndarray, np.ndarray]:
    """Corners of the brain in world mm, float64 [3] each, without the outermost few of its voxels.

    outermost: the share of voxels left out at either end of each axis, as remnants of the skull.
    """
    shares = (outermost, 1 - outermost)
    ends = np.array([quantiles(_coordinates(volumes, axis), shares) for axis in range(3)])
    return ends[:, 0], ends[:, 1]


def _coordinates(volumes: Volumes, world_axis: int) -> np.ndarray:
    """Coordinate of each voxel of the brain along an axis of the world, in mm, in any order."""
    *steps, origin = volumes.affine[world_axis]
    along = np.flatnonzero(steps)
    if len(along) == 1:  # one of the grid's own axes: a slice has one coordinate
        counts = np.count_nonzero(volumes.brain, axis=tuple({0, 1, 2} - {*along}))
        return np.repeat(steps[along[0]] * np.arange(len(counts)) + origin, counts)
    x, y, z = (step * np.arange(size) for step, size in zip(steps, volumes.brain.shape, strict=True))
    return (x[:, None, None] + y[:, None] + z + origin)[volumes.brain]


def _projection(mask: np.ndarray, axis: int) -> np.ndarray:
    return np.asarray(mask.any(axis=tuple(other for other in range(3) if other != axis)))
