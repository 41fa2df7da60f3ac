"""Preparation of a study as a model's input, and the way back: one affine map between two grids in world space.

The model's box is axis-aligned with the world and centred on the brain, so flipped, re-oriented and oblique scans of
the same head all give the same input.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial

import numpy as np
import torch
from torch.nn import functional

from zoo.errors import StudyError
from zoo.types import MODALITIES, MODALITY_TITLES, ModelInput, Recipe, Volumes

Prepare = Callable[[Volumes, Recipe], ModelInput]

# Percentiles of the brain's intensities between which white matter lies, for the modality that picks the voxels.
WHITE_MATTER_BAND = {"t1": (60, 90), "t1ce": (60, 90), "t2": (15, 45), "flair": (30, 60)}
FINEST_SAMPLING_MM = 1.0


def prepare(volumes: Volumes, recipe: Recipe) -> ModelInput:
    """Crop, resample and normalise a study by a model's recipe; raises `StudyError` when there is no usable brain."""
    if not volumes.brain.any():
        raise StudyError(f"{volumes.id}: no voxel differs from 0; expected a brain.")
    affine = _model_affine(volumes, recipe)
    levels = white_matter_levels(volumes)
    x = resample(volumes.data, volumes.affine, affine, recipe)
    x = np.clip(x / levels[:, None, None, None] - 1, *recipe.clip)
    x[~volumes.present] = 0
    return ModelInput(x[None], volumes.present[None], affine)


def prepare_once(volumes: Volumes) -> Prepare:
    """`prepare` for this one study, which keeps what it prepared by each recipe: many models share one."""
    by = cache(partial(prepare, volumes))
    return lambda _, recipe: by(recipe)


def white_matter_levels(volumes: Volumes) -> np.ndarray:
    """Typical white-matter intensity of each modality, float32 [4]; 1 where absent.

    All modalities are read in the same voxels, so that a tumour or an odd contrast shifts them alike and T1ce − T1
    keeps its meaning.
    """
    brain = volumes.data[:, volumes.brain]
    reference = int(np.argmax(volumes.present))
    low, high = np.percentile(brain[reference], WHITE_MATTER_BAND[MODALITIES[reference]])
    white_matter = brain[:, (brain[reference] >= low) & (brain[reference] <= high)]
    levels = np.where(volumes.present, np.median(white_matter, axis=1), 1).astype(np.float32)
    for name, level in zip(MODALITIES, levels, strict=True):
        if level <= 0:
            raise StudyError(
                f"{volumes.id}: {MODALITY_TITLES[name]}: expected intensities above 0 in white matter, found "
                f"{level:.3g}; the scan looks standardised. Give it as it was before z-scoring."
            )
    return levels


def to_study_space(values: np.ndarray, affine: np.ndarray, volumes: Volumes) -> np.ndarray:
    """Carry maps from model space back to the study's grid.

    values: float32 [4, D, H, W]; affine: float64 [4, 4], model voxel to world. Returns float32 [4, x, y, z], 0 outside
    the model's box.
    """
    return _sample(values, np.linalg.inv(affine) @ volumes.affine, volumes.brain.shape)


def _model_affine(volumes: Volumes, recipe: Recipe) -> np.ndarray:
    """Model voxel (d, h, w) to world mm: d runs to superior (+z), h to anterior (+y), w to the right (+x)."""
    affine = np.zeros((4, 4))
    for axis, spacing in enumerate(recipe.spacing):
        affine[2 - axis, axis] = spacing
    affine[3, 3] = 1
    centre = affine[:3, :3] @ ((np.array(recipe.shape) - 1) / 2)
    affine[:3, 3] = _brain_centre(volumes) - centre
    return affine


def _brain_centre(volumes: Volumes) -> np.ndarray:
    """Middle of the brain's extent in world mm; the outermost 1 % of voxels are left out as remnants of the skull."""
    voxels = np.argwhere(volumes.brain)
    world = voxels @ volumes.affine[:3, :3].T + volumes.affine[:3, 3]
    return np.percentile(world, [1, 99], axis=0).mean(axis=0)


def resample(data: np.ndarray, affine: np.ndarray, model_affine: np.ndarray, recipe: Recipe) -> np.ndarray:
    """Carry data [C, x, y, z] to a model's grid, float32 [C, D, H, W]; 0 outside the data.

    Finer samples are averaged into each model voxel, so that thick model slices don't skip thin source slices.
    """
    source_mm = np.linalg.norm(affine[:3, :3], axis=0).min()
    factors = [max(1, round(spacing / max(source_mm, FINEST_SAMPLING_MM))) for spacing in recipe.spacing]
    fine_shape = [size * factor for size, factor in zip(recipe.shape, factors, strict=True)]
    to_source = np.linalg.inv(affine) @ model_affine @ finer_voxels(factors)
    # In the order w, h, d, which is x, y, z: neighbours in memory are read together, in a quarter of the time.
    fine = _sample(data, to_source[:, [2, 1, 0, 3]], tuple(fine_shape[::-1]))
    pooled = functional.avg_pool3d(torch.from_numpy(fine), factors[::-1])
    return np.ascontiguousarray(pooled.permute(0, 3, 2, 1).numpy())


def finer_voxels(factors: Sequence[int]) -> np.ndarray:
    """Affine map, float64 [4, 4], from the voxels of a grid divided by whole factors to those of the undivided one."""
    matrix = np.eye(4)
    for axis, factor in enumerate(factors):
        matrix[axis, axis] = 1 / factor
        matrix[axis, 3] = 0.5 / factor - 0.5
    return matrix


def _sample(data: np.ndarray, to_source: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Linear interpolation of data [C, i, j, k] at the voxels of a grid of `shape`, mapped by `to_source` [4, 4];
    0 outside the data."""
    half = (np.array(data.shape[1:]) - 1) / 2
    centred = to_source.copy()
    centred[:3, 3] = (to_source[:3, :3] @ ((np.array(shape) - 1) / 2)) + to_source[:3, 3] - half
    scaled = centred[:3] / half[:, None]
    scaled[:, :3] *= (np.array(shape) - 1) / 2
    theta = scaled[::-1][:, [2, 1, 0, 3]]  # torch orders axes from the last to the first
    grid = functional.affine_grid(
        torch.tensor(theta.copy(), dtype=torch.float32)[None], [1, 1, *shape], align_corners=True
    )
    source = torch.from_numpy(np.ascontiguousarray(data, np.float32))[None]
    return functional.grid_sample(source, grid, padding_mode="zeros", align_corners=True)[0].numpy()
