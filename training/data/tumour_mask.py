"""A tumour's mask laid on the grid of its study, by where its own header puts it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy.ndimage import affine_transform

from zoo import Volumes
from zoo.regions.measure import voxel_ml
from zoo.study.common_grid import Grid
from zoo.study.scan_file import open_scan
from zoo.study.scan_stream import NotAScanError, why_damaged

from ..cohorts import CohortError
from .nifti import read_mask

BRATS_LABELS = ((1,), (2,), (3, 4))
"""Core that does not enhance, oedema, enhancing tumour, which is 4 until BraTS 2021 and 3 since 2023."""
LEAST_IN_BRAIN = 0.5  # of a mask: less lies where its header, or the scans', can't be right


def read_regions(mask: Path, volumes: Volumes) -> np.ndarray:
    """Read core, oedema and enhancing tumour on the study's grid, bool [3, x, y, z].

    A mask on another grid, or with other axes, gives each voxel of the study the label of its own nearest voxel in the
    world. Raises `CohortError` where it can't be read, has other labels than BraTS's, or lies outside the brain.
    """
    affine, labels = _read_labels(mask)
    placed = _on_grid(labels, affine, Grid(volumes.brain.shape, volumes.affine))
    _expect_in_brain(mask, labels, affine, placed, volumes)
    lying = placed.T  # in memory as in files, and as the study's voxels are: x is fastest
    return np.stack([np.isin(lying, values) for values in BRATS_LABELS]).transpose(0, 3, 2, 1)


def _read_labels(mask: Path) -> tuple[np.ndarray, np.ndarray]:
    """The mask's affine in mm, float64 [4, 4], and its labels, uint8 [i, j, k]."""
    try:
        scan = open_scan(mask)
    except NotAScanError as error:
        raise CohortError(f"{mask.name}: {error}.") from error
    try:
        labels = read_mask(mask).reshape(scan.shape)
    except Exception as error:  # nibabel lets several kinds escape on damaged files
        raise CohortError(f"{mask.name}: {why_damaged(error)}.") from error
    _expect_brats_labels(mask, np.unique(labels[labels != 0]).tolist())
    return scan.affine, labels.astype(np.uint8)


def _expect_brats_labels(mask: Path, found: list[float]) -> None:
    if not set(found) <= {1, 2, 3, 4} or {3, 4} <= set(found):
        raise CohortError(
            f"{mask.name}: expected BraTS's labels 1, 2 and 4, or 1, 2 and 3 as in 2023, found "
            f"{', '.join(f'{label:g}' for label in found[:9])}; translate them."
        )


def _on_grid(labels: np.ndarray, affine: np.ndarray, grid: Grid) -> np.ndarray:
    """Give each voxel of a grid the label of the nearest one, 0 outside the mask's own grid."""
    if Grid(labels.shape, affine).is_on(grid):
        return labels
    to_mask = np.linalg.inv(affine) @ grid.affine
    return affine_transform(labels, to_mask[:3, :3], to_mask[:3, 3], grid.shape, order=0)


def _expect_in_brain(mask: Path, labels: np.ndarray, affine: np.ndarray, placed: np.ndarray, volumes: Volumes) -> None:
    whole_ml = np.count_nonzero(labels) * voxel_ml(affine)
    inside_ml = np.count_nonzero(placed.astype(bool) & volumes.brain) * voxel_ml(volumes.affine)
    if inside_ml < LEAST_IN_BRAIN * whole_ml:
        raise CohortError(
            f"{mask.name}: expected a tumour in the study's brain, found {inside_ml:.1f} of its {whole_ml:.1f} ml "
            "there; mend where its header, or the scans', puts it."
        )
