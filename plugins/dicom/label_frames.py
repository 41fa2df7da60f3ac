"""A label map laid on the slices of a series: each pixel gets the label of the nearest voxel."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .headers import Slice

RAS_OF_LPS = np.diag([-1.0, -1.0, 1.0, 1.0])


def labels_on(slices: Sequence[Slice], labels: np.ndarray, affine: np.ndarray) -> np.ndarray:
    """Label the pixels of slices, uint8 [x, y, z] → uint8 [slice, row, column]; 0 outside the label map.

    affine: float64 [4, 4], from the map's voxels to the world (RAS+) in mm. Each slice lies where its own header says.
    """
    rows, columns = (int(size) for size in slices[0].grid[:2])
    frames = np.zeros((len(slices), rows, columns), np.uint8)
    to_voxel = np.linalg.inv(affine) @ RAS_OF_LPS
    for frame, each in zip(frames, slices, strict=True):
        frame[:] = _nearest(labels, to_voxel @ pixel_to_patient(each), rows, columns)
    return frames


def pixel_to_patient(each: Slice) -> np.ndarray:
    """Affine map from (row, column, 1) to the patient (LPS) in mm, float64 [4, 3]: PS3.3, equation C.7.6.2.1-1."""
    row_spacing, column_spacing = each.grid[2:4]
    along_row, along_column = np.array(each.grid[4:7]), np.array(each.grid[7:10])
    to_patient = np.column_stack([along_column * row_spacing, along_row * column_spacing, each.position])
    return np.vstack([to_patient, [0.0, 0.0, 1.0]])


def _nearest(labels: np.ndarray, to_voxel: np.ndarray, rows: int, columns: int) -> np.ndarray:
    inside, voxels = np.ones((rows, columns), bool), []
    for size, (by_row, by_column, first) in zip(labels.shape, to_voxel, strict=False):
        places = by_row * np.arange(rows)[:, None] + by_column * np.arange(columns) + first
        nearest = np.rint(places).astype(int)
        inside &= (nearest >= 0) & (nearest < size)
        voxels.append(nearest.clip(0, size - 1))
    return labels[tuple(voxels)] * inside
