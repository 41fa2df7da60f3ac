"""A study on a coarse grid, where to look at it as a whole is quick: 4 mm, axis-aligned, centred on the brain."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch.nn import functional

from zoo import Recipe, Volumes
from zoo.study.brain import brain_extent
from zoo.study.resample import resample

GRID = Recipe(shape=(40, 48, 40), spacing=(4.0, 4.0, 4.0))
EXTENT_MM = np.array([125.0, 160.0, 120.0])  # left to right, back to front, bottom to top, of a common brain
RIM = 2  # voxels: the outer 8 mm hold what skull stripping left, and cortex that differs from person to person
SAMPLING_MM = 2.0
OUTERMOST = 0.02  # of the brain's voxels at either end of an axis


@dataclass(frozen=True)
class Coarse:
    """A study on the coarse grid.

    images: float32 [4, D, H, W], intensities as stored. brain: bool [D, H, W]; interior: without its rim. extent_mm: of
    the brain before it was stretched, along x, y, z, float64 [3], without the OUTERMOST voxels.
    """

    images: np.ndarray
    brain: np.ndarray
    interior: np.ndarray
    extent_mm: np.ndarray


def standardised(volumes: Volumes) -> Coarse:
    """Stretch a study along each axis to a common brain's extent, so that voxels of two people correspond, roughly."""
    low, high = brain_extent(volumes, OUTERMOST)
    sampled = resample(
        _with_brain(volumes), volumes.affine, grid_affine((low + high) / 2, (high - low) / EXTENT_MM), GRID
    )
    brain = sampled[-1] > 0.5
    return Coarse(sampled[:-1], brain, _eroded(brain), high - low)


def where_all_show(coarse: Coarse, present: np.ndarray) -> Coarse:
    """Leave out of the interior what some scan doesn't show; present: bool [4]."""
    shown = (coarse.images[present] != 0).all(axis=0)
    return replace(coarse, interior=coarse.interior & _eroded(shown))


def thinned(volumes: Volumes) -> Volumes:
    """Keep every so many voxels of a fine study, so that they lie some 2 mm apart: enough to see it as a whole."""
    step = max(1, int(SAMPLING_MM / np.linalg.norm(volumes.affine[:3, :3], axis=0).min()))
    kept = (slice(None, None, step),) * 3
    affine = volumes.affine @ np.diag([step, step, step, 1])
    return replace(volumes, data=volumes.data[:, *kept], brain=volumes.brain[kept], affine=affine)


def grid_affine(centre: np.ndarray, stretch: np.ndarray | float = 1.0) -> np.ndarray:
    """Return the affine from the grid's voxels (d, h, w) to world mm, float64 [4, 4]. stretch: along x, y, z."""
    affine = np.eye(4)
    affine[:3, :3] = np.fliplr(np.diag(np.array(GRID.spacing[::-1]) * stretch))
    affine[:3, 3] = centre - affine[:3, :3] @ ((np.array(GRID.shape) - 1) / 2)
    return affine


def _with_brain(volumes: Volumes) -> np.ndarray:
    return np.concatenate([volumes.data, volumes.brain[None].astype(np.float32)])


def _eroded(brain: np.ndarray) -> np.ndarray:
    outside = torch.from_numpy(~brain)[None, None].float()
    return functional.max_pool3d(outside, 2 * RIM + 1, stride=1, padding=RIM)[0, 0].numpy() == 0
