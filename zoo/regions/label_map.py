"""One label a voxel, on the study's own grid, from a model's overlapping soft scores."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import numpy as np

from zoo.study.brain import affine_in, bounding_box
from zoo.study.resample import sample, to_study_space
from zoo.types import REGION_LABELS, Volumes

FOUND = 0.5
"""Score above which a voxel belongs to a region."""


def label_map(scores: np.ndarray, affine: np.ndarray, volumes: Volumes) -> np.ndarray:
    """Label each voxel of a study's brain, uint8 [x, y, z]: the region of the highest score, if that is above one half.

    scores: float32 [3, D', H', W'] in the order of `REGION_LABELS`; affine: float64 [4, 4], from their cells to the
    world. They are interpolated between the cells' centres, and only where one above one half reaches.
    """
    labels = np.zeros(volumes.brain.shape[::-1], np.uint8).T  # in memory as in files: x is fastest
    box = _reach(scores, affine, volumes)
    if all(side.start < side.stop for side in box):
        shape = [side.stop - side.start for side in box]
        fine = sample(scores, np.linalg.inv(affine) @ affine_in(box, volumes.affine), shape)
        labels[box] = highest(fine) * volumes.brain[box]
    return labels


def highest(scores: np.ndarray) -> np.ndarray:
    """Label voxels by the highest of their scores, float [3, x, y, z] → uint8 [x, y, z]; 0 where none is above 0.5."""
    best = np.full(scores.shape[1:], FOUND, scores.dtype)
    labels = np.zeros(scores.shape[1:], np.uint8)
    for number, score in zip(REGION_LABELS.values(), scores, strict=True):
        labels[score > best] = number
        np.maximum(best, score, out=best)
    return labels


def renumbered(labels: np.ndarray, numbers: Mapping[str, int]) -> np.ndarray:
    """Give each region of a label map, uint8 [x, y, z], the number that `numbers` has for it."""
    table = np.zeros(max(REGION_LABELS.values()) + 1, np.uint8)
    table[list(REGION_LABELS.values())] = [numbers[region] for region in REGION_LABELS]
    return table[labels]


def scores_on_grid(scores: np.ndarray, affine: np.ndarray, volumes: Volumes) -> np.ndarray:
    """Lay scores as for `label_map` on the study's grid: float32 [3, x, y, z], 0 outside the brain."""
    return to_study_space(scores, affine, volumes) * volumes.brain


def _reach(scores: np.ndarray, affine: np.ndarray, volumes: Volumes) -> tuple[slice, ...]:
    """The box of the study's voxels in which some score may be above one half: up to the next cells' centres."""
    found = scores.max(axis=0) > FOUND
    if not found.any():
        return (slice(0, 0),) * 3
    ends = [(side.start - 1, side.stop) for side in bounding_box(found)]
    corners = np.array([(*corner, 1) for corner in product(*ends)])
    voxels = (np.linalg.inv(volumes.affine) @ affine @ corners.T)[:3]
    first, last = np.floor(voxels.min(axis=1)).astype(int), np.ceil(voxels.max(axis=1)).astype(int)
    sizes = zip(first.tolist(), last.tolist(), volumes.brain.shape, strict=True)
    return tuple(slice(max(low, 0), min(high + 1, size)) for low, high, size in sizes)
