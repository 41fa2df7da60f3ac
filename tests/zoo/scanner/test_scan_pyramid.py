"""Cubes that are made once, and where they lie for SimpleITK."""

from __future__ import annotations

import numpy as np
import pytest

from raw_heads import motion, scan_of
from zoo.assets.references import read_references
from zoo.scanner.raw_scan import RawScan
from zoo.scanner.scan_pyramid import ScanPyramid


@pytest.fixture(scope="module")
def pyramid():
    return ScanPyramid.of(scan_of(read_references()[0], "t1", motion((9, 5, -20), (4, 30, 7)), (1, 1, 5)))


def test_cubes_are_made_once(pyramid):
    assert pyramid.cubes(6.0) is pyramid.cubes(6.0)
    assert pyramid.cubes(6.0).GetSpacing() == pytest.approx((6, 6, 6))


def test_a_place_is_the_same_for_simpleitk(pyramid):
    cubes, image = pyramid.scan.as_cubes(6.0), pyramid.cubes(6.0)
    place = (5, 11, 3)
    np.testing.assert_allclose(image.TransformIndexToPhysicalPoint(place), (cubes.affine @ [*place, 1])[:3])
    assert image[place] == cubes.voxels[place]


def test_extremes_are_clipped_but_for_what_was_clipped_already():
    voxels = np.arange(1000, dtype=np.float32).reshape(10, 10, 10)
    clipped = ScanPyramid.of(RawScan(voxels, np.eye(4))).scan.voxels
    assert clipped.min() > 0
    assert clipped.max() < 999


def test_a_mirrored_one_has_its_voxels_the_other_way_round(pyramid):
    np.testing.assert_array_equal(pyramid.mirrored().scan.voxels, pyramid.scan.mirrored().voxels)
