"""How thick an enhancing margin is."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from zoo.regions.measure import voxel_ml
from zoo.regions.parts import SPECK_ML, connected_parts

FINE_MM = 1.0
"""Voxels are cut into pieces of at most this length: of a sheet one voxel thick, the middle alone says too much."""


def margin_thickness(enhancing: np.ndarray, affine: np.ndarray) -> float | None:
    """Measure how thick a region, bool [x, y, z], is on the whole, in mm; None where there are but specks of it.

    It is four times the mean distance of its points from its border: the thickness of a sheet, the radius of a ball.
    affine: float64 [4, 4], voxel to world in mm, its axes at right angles.
    """
    numbers, sizes = connected_parts(enhancing)
    boxes = ndimage.find_objects(numbers)
    large = np.flatnonzero(sizes * voxel_ml(affine) > SPECK_ML).tolist()
    if not large:
        return None
    depths = np.concatenate([_depths(numbers[boxes[part]] == part + 1, affine) for part in large])
    return 4 * float(depths.mean())


def _depths(part: np.ndarray, affine: np.ndarray) -> np.ndarray:
    """Distance in mm of points all over a part, bool [x, y, z], from its border, float64 [N]."""
    lengths = np.linalg.norm(affine[:3, :3], axis=0)
    pieces = np.ceil(lengths / FINE_MM - 1e-6).astype(int)
    fine = np.pad(part, 1)
    for axis, count in enumerate(pieces.tolist()):
        fine = np.repeat(fine, count, axis)
    steps = lengths / pieces
    to_outside = np.asarray(ndimage.distance_transform_edt(fine, sampling=steps))
    return to_outside[fine] - steps.min() / 2
