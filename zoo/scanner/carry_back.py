"""What was found in a prepared study, in the space of the scanner's own series: one motion, one interpolation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from zoo.regions.label_map import label_map
from zoo.study.resample import sample, to_study_space
from zoo.types import Segmentation, Volumes


def regions_in_scanner_space(found: Segmentation, volumes: Volumes, modality: str) -> Segmentation:
    """Lay a segmentation of a study that was made of raw scans on the grid of one of these scans.

    Labels are made anew from the model's scores, so that nothing is interpolated twice. Measurements stay those of the
    prepared study.
    """
    labels = label_map(found.scores, found.scores_affine, _grid_of(volumes, modality))
    return replace(found, labels=labels, affine=volumes.scanner[modality].affine)


def map_in_scanner_space(values: np.ndarray, affine: np.ndarray, volumes: Volumes, modality: str) -> np.ndarray:
    """Lay maps, float32 [C, D, H, W] with the affine of their cells to the study's world, on a raw scan's grid.

    Returns float32 [C, x, y, z], 0 outside the brain.
    """
    there = _grid_of(volumes, modality)
    return to_study_space(values, affine, there) * there.brain


def _grid_of(volumes: Volumes, modality: str) -> Volumes:
    """The study without its scans, on the grid of a raw one, as that lies in the study's world."""
    grid = volumes.scanner[modality]
    affine = np.linalg.inv(grid.motion) @ grid.affine
    brain = sample(volumes.brain[None], np.linalg.inv(volumes.affine) @ affine, grid.shape)[0] >= 0.5
    nothing = np.zeros((len(volumes.data), 0, 0, 0), np.float32)
    return replace(volumes, data=nothing, brain=brain, affine=affine)
