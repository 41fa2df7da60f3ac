"""A study on a coarse grid, where to look at it as a whole is quick: 4 mm, axis-aligned, centred on the brain."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import torch
from torch.nn import functional

from zoo import MODALITIES, Recipe, Volumes
from zoo.assets.references import read_references
from zoo.study.brain import brain_extent
from zoo.study.prepare import white_matter_levels
from zoo.study.resample import resample

GRID = Recipe(shape=(40, 48, 40), spacing=(4.0, 4.0, 4.0))
EXTENT_MM = np.array([125.0, 160.0, 120.0])  # left to right, back to front, bottom to top, of a common brain
RIM = 2  # voxels: the outer 8 mm hold what skull stripping left, and cortex that differs from person to person
SAMPLING_MM = 2.0
OUTERMOST = 0.02  # of the brain's voxels at either end of an axis
FLUID_ON_T1, FLUID_ON_T2 = 0.65, 1.7  # of white matter: at most, at least


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


@dataclass(frozen=True)
class CommonBrain:
    """What the reference brains share, on the coarse grid.

    images: float32 [4, D, H, W], each modality of mean 0 and deviation 1. brain: bool [D, H, W]. fluid: how much of
    each voxel is fluid, float32 [D, H, W], 0 to 1.
    """

    images: np.ndarray
    brain: np.ndarray
    fluid: np.ndarray


@lru_cache(maxsize=1)
def common_brain() -> CommonBrain:
    references = [standardised(_with_fluid(volumes)) for volumes in read_references()]
    brain = np.mean([each.brain for each in references], axis=0) >= 0.5
    fluid = np.mean([each.images[-1] for each in references], axis=0)
    return CommonBrain(np.mean([_scaled(each) for each in references], axis=0), brain, fluid)


def _with_fluid(volumes: Volumes) -> Volumes:
    """Append to a sound study's scans where fluid is: dark on T1 and bright on T2, against white matter."""
    t1, _, t2, _ = volumes.data / white_matter_levels(volumes)[:, None, None, None]
    fluid = volumes.brain & (t1 < FLUID_ON_T1) & (t2 > FLUID_ON_T2)
    return replace(volumes, data=np.concatenate([volumes.data, fluid[None].astype(np.float32)]))


def _scaled(coarse: Coarse) -> np.ndarray:
    scans = coarse.images[: len(MODALITIES)]
    inside = scans[:, coarse.brain]
    mean, deviation = (value(axis=1)[:, None, None, None] for value in (inside.mean, inside.std))
    return np.where(coarse.brain, (scans - mean) / deviation, 0)


def _with_brain(volumes: Volumes) -> np.ndarray:
    return np.concatenate([volumes.data, volumes.brain[None].astype(np.float32)])


def _eroded(brain: np.ndarray) -> np.ndarray:
    outside = torch.from_numpy(~brain)[None, None].float()
    return functional.max_pool3d(outside, 2 * RIM + 1, stride=1, padding=RIM)[0, 0].numpy() == 0
