"""What is measured of a label map, against scipy, brute force and bodies whose size is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage
from scipy.spatial.transform import Rotation

from zoo.regions.measure import measure_regions, voxel_ml
from zoo.types import MEASURED, Plane

OBLIQUE = np.eye(4)
OBLIQUE[:3, :3] = Rotation.from_euler("zyx", [20, 10, -15], degrees=True).as_matrix() @ np.diag([1.0, -1.2, 3.0])
OBLIQUE[:3, 3] = 12, -30, 8
FLIPPED = np.diag([-1.0, -2.0, 4.0, 1.0])
MIDLINE = Plane((1.0, 0.0, 0.0), 4.0)


@pytest.fixture
def labels():
    """Blobs of all three regions, and around them nothing."""
    rng = np.random.default_rng(0)
    smooth = ndimage.gaussian_filter(rng.normal(size=(16, 20, 12)), 1.5)
    return np.array([0, 1, 2, 4], np.uint8)[np.digitize(smooth, np.quantile(smooth, [0.8, 0.9, 0.95]))]


@pytest.mark.parametrize("affine", [FLIPPED, OBLIQUE], ids=["flipped", "oblique"])
def test_regions_are_measured_voxel_by_voxel(labels, affine):
    measured = measure_regions(labels, affine, MIDLINE)
    assert tuple(measured) == MEASURED
    for name, numbers in {"core": [1], "oedema": [2], "enhancing": [4], "whole": [1, 2, 4]}.items():
        mask, found = np.isin(labels, numbers), measured[name]
        places = [(affine @ [*voxel, 1])[:3] for voxel in np.argwhere(mask)]
        assert found.ml == pytest.approx(mask.sum() * voxel_ml(affine))
        assert found.share == pytest.approx(mask.sum() / (labels > 0).sum())
        assert found.centre_mm == pytest.approx((affine @ [*ndimage.center_of_mass(mask), 1])[:3])
        assert found.left_share == pytest.approx(np.mean([x < 4 for x, _, _ in places]))
        corners = [place + affine[:3, :3] @ np.array(half) for place in places
                   for half in np.array(np.meshgrid(*[(-0.5, 0.5)] * 3)).reshape(3, -1).T]  # fmt: skip
        assert found.extent_mm == pytest.approx(np.ptp(corners, axis=0))
        sizes = np.bincount(ndimage.label(mask, np.ones((3, 3, 3)))[0].ravel())[1:] * voxel_ml(affine)
        assert (found.parts, found.specks) == ((sizes > 0.1).sum(), (sizes <= 0.1).sum())


def test_a_ball_has_the_volume_and_diameters_of_one():
    voxels = np.stack(np.meshgrid(*map(np.arange, (60, 40, 20)), indexing="ij"), -1)
    centre = np.array([20.0, 20.0, 10.0])
    ball = (((voxels - centre) * [1, 2, 4]) ** 2).sum(-1) < 19**2
    affine = FLIPPED.copy()
    affine[:3, 3] = 100, 50, -20
    found = measure_regions(ball.astype(np.uint8), affine)["core"]
    assert found.ml == pytest.approx(4 / 3 * np.pi * 1.9**3, rel=0.02)
    assert found.centre_mm == pytest.approx((80, 10, 20))
    assert (found.diameter_mm, found.perpendicular_mm) == pytest.approx((38, 38), abs=2)
    assert found.extent_mm == pytest.approx((38, 38, 38), abs=2)
    assert (found.parts, found.specks) == (1, 0)


def test_diameters_are_those_of_one_lesion_not_of_two_together():
    labels = np.zeros((80, 12, 4), np.uint8)
    labels[2:12, 3:6, 1:3] = labels[60:75, 3:9, 1:3] = 4
    labels[40, 3, 1] = 4
    found = measure_regions(labels, np.diag([1.0, 1.0, 2.0, 1.0]))["enhancing"]
    assert (found.parts, found.specks) == (2, 1)
    assert found.diameter_mm == pytest.approx(np.hypot(15, 5), abs=0.5)
    assert found.diameter_centre_mm == pytest.approx((67, 5.5, 2), abs=0.6)


def test_specks_have_no_diameters_but_a_place():
    labels = np.zeros((9, 9, 9), np.uint8)
    labels[::4, ::4, ::4] = 1
    found = measure_regions(labels, np.eye(4))["core"]
    assert (found.parts, found.specks, found.diameter_mm) == (0, 27, None)
    assert found.centre_mm == pytest.approx((4, 4, 4))


@pytest.mark.parametrize(
    ("columns", "side", "distance"),
    [(slice(0, 2), "left", 3), (slice(8, 10), "right", 4), (slice(2, 9), "both", 0), (slice(4, 40), "right", 0)],
)
def test_side_and_distance_from_the_midline(columns, side, distance):
    labels = np.zeros((44, 6, 6), np.uint8)
    labels[columns, 2, 2] = 2
    found = measure_regions(labels, np.eye(4), replace(MIDLINE, offset=4.5 if side == "right" and not distance else 4))
    assert (found["oedema"].side, found["oedema"].midline_mm) == (side, pytest.approx(distance))
    assert found["whole"] == found["oedema"]


def test_without_a_midline_no_side_is_told(labels):
    found = measure_regions(labels, FLIPPED)["whole"]
    assert (found.side, found.left_share, found.midline_mm) == (None, None, None)
    assert found.diameter_mm


def test_nothing_is_measured_of_nothing(labels):
    assert {found.ml for found in measure_regions(labels * 0, OBLIQUE).values()} == {0.0}
    found = measure_regions(np.where(labels == 1, 0, labels).astype(np.uint8), OBLIQUE, MIDLINE)
    assert found["core"] == replace(found["core"], ml=0.0, share=0.0, parts=0, centre_mm=None)
    assert found["core"].diameter_mm is None
