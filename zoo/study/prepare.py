"""Preparation of a study as a model's input.

The model's box is axis-aligned with the world and centred on the brain, so flipped, re-oriented and oblique scans of
the same head all give the same input.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial

import numpy as np

from zoo.errors import StudyError
from zoo.study.brain import brain_extent, cropped
from zoo.study.quantiles import quantiles
from zoo.study.resample import resample
from zoo.types import MODALITIES, MODALITY_TITLES, ModelInput, Recipe, Volumes

Prepare = Callable[[Volumes, Recipe], ModelInput]

# Quantiles of the brain's intensities between which white matter lies, for the modality that picks the voxels.
WHITE_MATTER_BAND = {"t1": (0.6, 0.9), "t1ce": (0.6, 0.9), "t2": (0.15, 0.45), "flair": (0.3, 0.6)}
OUTERMOST = 0.01  # of the brain's voxels, left out where its middle is sought: remnants of the skull
# The middle is told to half a voxel. A rim that a spline widened may move it by as much: p by up to 0.033 in simulated
# studies of 1 mm, and by 0.002 where it stays.


def prepare(volumes: Volumes, recipe: Recipe) -> ModelInput:
    """Crop, resample and normalise a study by a model's recipe; raises `StudyError` when there is no usable brain."""
    if not volumes.brain.any():
        raise StudyError(f"{volumes.id}: no voxel differs from 0; expected a brain.")
    study = cropped(volumes)
    affine = _model_affine(study, recipe)
    levels = white_matter_levels(study)
    x = resample(study.data, study.affine, affine, recipe)
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
    brain = [_in_brain(volumes, index) for index in np.flatnonzero(volumes.present).tolist()]
    low, high = quantiles(brain[0], WHITE_MATTER_BAND[volumes.modalities[0]])
    white_matter = (brain[0] >= low) & (brain[0] <= high)
    levels = np.ones(len(MODALITIES), np.float32)
    levels[volumes.present] = [quantiles(scan[white_matter], [0.5])[0] for scan in brain]
    for name, level in zip(MODALITIES, levels, strict=True):
        if level <= 0:
            raise StudyError(
                f"{volumes.id}: {MODALITY_TITLES[name]}: expected intensities above 0 in white matter, found "
                f"{level:.3g}; the scan looks standardised. Give it as it was before z-scoring."
            )
    return levels


def _model_affine(volumes: Volumes, recipe: Recipe) -> np.ndarray:
    """Model voxel (d, h, w) to world mm: d runs to superior (+z), h to anterior (+y), w to the right (+x)."""
    affine = np.zeros((4, 4))
    for axis, spacing in enumerate(recipe.spacing):
        affine[2 - axis, axis] = spacing
    affine[3, 3] = 1
    centre = affine[:3, :3] @ ((np.array(recipe.shape) - 1) / 2)
    affine[:3, 3] = np.mean(brain_extent(volumes, OUTERMOST), axis=0) - centre
    return affine


def _in_brain(volumes: Volumes, index: int) -> np.ndarray:
    """One modality's intensities within the brain, in the order in which they lie in memory."""
    order = np.argsort(volumes.data.strides[1:])[::-1]
    return volumes.data[index].transpose(order)[volumes.brain.transpose(order)]
