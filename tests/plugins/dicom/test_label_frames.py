"""Labels of one grid on the slices of another: each pixel's is that of the place where it lies."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dicom_files import Placed
from zoo.plugins.dicom.headers import Slice
from zoo.plugins.dicom.label_frames import labels_on

TILT = np.radians(20)
PLACED = Placed((1, 0, 0), (0, float(np.cos(TILT)), float(np.sin(TILT))))
SHAPE = (9, 14, 12)  # slices, rows, columns


def _slices(placed, gaps=1.0):
    grid = (*SHAPE[1:], placed.row_spacing, placed.column_spacing, *placed.along_row, *placed.along_column)
    positions = [np.array(placed.origin) + placed.normal * gaps * placed.slice_spacing * n for n in range(SHAPE[0])]
    return [Slice(Path(str(n)), None, 1, None, grid, position) for n, position in enumerate(positions)]


def _worlds(placed):
    return np.array([placed.world_ras(row, column, index) for index, row, column in np.ndindex(SHAPE)]).reshape(
        *SHAPE, 3
    )


@pytest.mark.parametrize("spacing", [0.7, 1.0, 4.0])
def test_labels_of_any_grid_land_where_they_are_in_the_world(spacing):
    """A grid along the world's axes under tilted slices: each pixel against the voxel that its place falls into."""
    worlds = _worlds(PLACED)
    first = worlds.min(axis=(0, 1, 2)) - 1.3
    affine = np.diag([spacing, spacing, spacing, 1.0])
    affine[:3, 3] = first
    shape = np.ceil((worlds.max(axis=(0, 1, 2)) + 5 - first) / spacing).astype(int)
    labels = np.random.default_rng(1).choice(np.array([0, 1, 2, 4], np.uint8), shape)
    voxels = np.floor((worlds - first) / spacing + 0.5).astype(int)
    np.testing.assert_array_equal(labels_on(_slices(PLACED), labels, affine), labels[tuple(np.moveaxis(voxels, -1, 0))])


def test_outside_of_the_labels_is_nothing():
    labels = np.full((4, 4, 4), 2, np.uint8)
    affine = np.eye(4)
    affine[:3, 3] = _worlds(PLACED)[4, 7, 6] - 1.4  # no pixel lies on a voxel's face
    frames = labels_on(_slices(PLACED), labels, affine)
    away = _worlds(PLACED) - _worlds(PLACED)[4, 7, 6]
    inside = ((away > -1.9) & (away < 2.1)).all(axis=-1)
    np.testing.assert_array_equal(frames, np.where(inside, 2, 0))
    assert 0 < inside.sum() < inside.size / 20


def test_each_slice_counts_where_its_own_header_says():
    """Not where an even stack would have it: half a slice further on, another label begins."""
    labels = np.repeat(np.arange(9, dtype=np.uint8)[None, None], 40, axis=0).repeat(40, axis=1)
    straight = Placed(row_spacing=1.0, column_spacing=1.0, origin=(-11.0, -13.0, 10.0))
    affine = np.diag([1.0, 1.0, 3.0, 1.0])
    affine[2, 3] = 10.0
    frames = labels_on(_slices(straight, gaps=0.75), labels, affine)
    assert frames[:, 0, 0].tolist() == np.rint(np.arange(9) * 0.75).astype(int).tolist()
