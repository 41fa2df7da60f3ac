"""Scans on grids of their own, and their cubes."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from zoo.scanner.raw_scan import RawScan, with_right_angles

OBLIQUE = np.eye(4)
OBLIQUE[:3, :3] = Rotation.from_euler("xyz", [10, -20, 30], degrees=True).as_matrix() @ np.diag([-0.9, 1.1, 5.5])
OBLIQUE[:3, 3] = 30, -60, 12


def _scan(shape=(40, 36, 12), affine=OBLIQUE):
    """A scan that is brighter the farther it is from the floor of the world."""
    places = np.moveaxis(np.indices(shape), 0, -1) @ affine[:3, :3].T + affine[:3, 3]
    return RawScan(places[..., 2].astype(np.float32), affine)


def test_places_are_those_of_the_affine():
    scan = _scan()
    np.testing.assert_allclose(scan.spacing, [0.9, 1.1, 5.5])
    np.testing.assert_allclose(scan.to_world(np.array([3, 4, 5])), (OBLIQUE @ [3, 4, 5, 1])[:3])
    np.testing.assert_allclose(scan.centre, (OBLIQUE @ [19.5, 17.5, 5.5, 1])[:3])


def test_the_middle_of_a_head_is_that_of_what_is_bright():
    voxels = np.zeros((20, 20, 20), np.float32)
    voxels[4:9, 6:9, 10:19] = 1
    np.testing.assert_allclose(RawScan(voxels, OBLIQUE).head_centre, (OBLIQUE @ [6, 7, 14, 1])[:3])


@pytest.mark.parametrize("mm", [2.0, 3.0, 6.0])
def test_cubes_lie_where_the_scan_does(mm):
    scan = _scan()
    cubes = scan.as_cubes(mm)
    np.testing.assert_allclose(cubes.spacing, mm)
    np.testing.assert_allclose(cubes.centre, scan.centre)
    inside = (slice(2, -2),) * 3  # a border is half outside of the scan
    expected = _scan(cubes.voxels.shape, cubes.affine).voxels
    np.testing.assert_allclose(cubes.voxels[inside], expected[inside], atol=0.02)


def test_cubes_are_means_of_finer_voxels():
    voxels = np.random.default_rng(1).normal(size=(48, 48, 48)).astype(np.float32)
    cubes = RawScan(voxels, np.eye(4)).as_cubes(6.0).voxels
    np.testing.assert_allclose(cubes, voxels.reshape(8, 6, 8, 6, 8, 6).mean(axis=(1, 3, 5)), atol=1e-5)


def test_extremes_are_clipped():
    voxels = np.linspace(0, 1, 8000, dtype=np.float32).reshape(20, 20, 20)
    clipped = RawScan(voxels, np.eye(4)).clipped().voxels
    np.testing.assert_allclose((clipped.min(), clipped.max()), (0.005, 0.995), atol=1e-4)


def test_axes_are_set_at_right_angles():
    sheared = OBLIQUE.copy()
    sheared[:3, 0] += 1e-4 * OBLIQUE[:3, 1]
    squared = with_right_angles(sheared)
    cosines = squared[:3, :3] / np.linalg.norm(squared[:3, :3], axis=0)
    np.testing.assert_allclose(cosines.T @ cosines, np.eye(3), atol=1e-12)
    np.testing.assert_allclose(squared, sheared, atol=1e-3)
    np.testing.assert_allclose(with_right_angles(OBLIQUE), OBLIQUE, atol=1e-12)


@pytest.mark.parametrize(("affine", "axis"), [(OBLIQUE, 0), (OBLIQUE[:, [2, 0, 1, 3]], 1)])
def test_a_scan_is_mirrored_left_to_right_whichever_axis_that_is(affine, axis):
    scan = _scan(affine=affine)
    np.testing.assert_array_equal(scan.mirrored().voxels, np.flip(scan.voxels, axis))
    np.testing.assert_array_equal(scan.mirrored().affine, affine)
