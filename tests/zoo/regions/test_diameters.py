"""Diameters as RANO measures them, against every pair of border points, on grids of any kind."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from zoo.regions.diameters import axial_axis, rano_diameters

SAGITTAL = np.array([[0, 0, 3.0, -9], [-0.8, 0, 0, 5], [0, 0.8, 0, 2], [0, 0, 0, 1]])
OBLIQUE = np.eye(4)
OBLIQUE[:3, :3] = Rotation.from_euler("xyz", [12, -20, 31], degrees=True).as_matrix() @ np.diag([0.9, 1.1, 2.5])
SHEARED = np.array([[1, 0.3, 0, 0], [0, 1.2, 0.2, 0], [0, 0, 2, 0], [0, 0, 0, 1.0]])
AFFINES = {"plain": np.eye(4), "flipped": np.diag([-1, -2.0, 4, 1]), "sagittal": SAGITTAL, "oblique": OBLIQUE,
           "sheared": SHEARED}  # fmt: skip


def _ball(radius, shape, spacing):
    voxels = np.stack(np.meshgrid(*map(np.arange, shape), indexing="ij"), -1) - (np.array(shape) - 1) / 2
    return ((voxels * spacing) ** 2).sum(-1) < radius**2


def _by_every_pair(part, affine):
    """Longest diameter of any slice, and there the widest chord of 4,000 at a right angle to it."""
    through = axial_axis(affine)
    found = []
    for index in range(part.shape[through]):
        mask = np.moveaxis(part, through, 0)[index]
        halves = np.array([(0.5, 0), (-0.5, 0), (0, 0.5), (0, -0.5)])
        points = (np.argwhere(mask)[:, None] + halves).reshape(-1, 2)
        steps = np.delete(affine[:3, :3], through, axis=1)
        pairs = [(np.linalg.norm(steps @ (a - b)), a, b) for a, b in combinations(points, 2)]
        found += [(*max(pairs, key=lambda pair: pair[0]), points, steps)] if pairs else []
    longest, a, b, points, steps = max(found, key=lambda each: each[0])
    return longest, _widest(points @ steps.T, steps @ a, steps @ b)


def _widest(points, a, b):
    along = (b - a) / np.linalg.norm(b - a)
    off = points - a - np.outer((points - a) @ along, along)
    across = off[np.linalg.norm(off, axis=1).argmax()]
    places, heights = (points - a) @ along, (points - a) @ (across / max(np.linalg.norm(across), 1e-12))
    chords = [_chord(places, heights, place) for place in np.linspace(0, places.max(), 4000)]
    return max(chords)


def _chord(places, heights, place):
    """Height of the hull of points at a place: between the highest and the lowest segment of any two of them."""
    before, after = np.flatnonzero(places <= place + 1e-9), np.flatnonzero(places >= place - 1e-9)
    one, other = (grid.ravel() for grid in np.meshgrid(before, after))
    run = places[other] - places[one]
    share = np.divide(place - places[one], run, out=np.zeros_like(run), where=run > 1e-9)
    at = heights[one] + share * (heights[other] - heights[one])
    return at.max() - at.min()


@pytest.mark.parametrize("affine", AFFINES.values(), ids=AFFINES)
def test_diameters_are_those_of_every_pair(affine):
    part = np.random.default_rng(1).random((5, 4, 4)) < 0.3
    longest, perpendicular = _by_every_pair(part, affine)
    found = rano_diameters(part, affine)
    assert found.longest_mm == pytest.approx(longest)
    assert found.perpendicular_mm == pytest.approx(perpendicular, rel=1e-3)


def test_a_ball_is_as_wide_as_it_is():
    part, affine = _ball(15, (36, 20, 12), (1, 2, 3)), np.diag([-1, -2.0, 3, 1])
    found = rano_diameters(part, affine)
    assert (found.longest_mm, found.perpendicular_mm) == pytest.approx((30, 30), abs=1.5)
    middle = (affine @ [17.5, 9.5, 5.5, 1])[:3]
    np.testing.assert_allclose(found.centre_mm, middle, atol=2)


def test_only_axial_slices_count_however_the_voxels_run():
    part = np.zeros((20, 3, 9), bool)
    part[:, 1, 4] = part[9, :, 4] = True  # from bottom to top in a grid whose first axis runs upwards
    upwards = np.array([[0, 0, 1.0, 0], [0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1]])
    assert rano_diameters(part, upwards)[:2] == pytest.approx((3, 1))
    assert rano_diameters(part, np.eye(4))[:2] == pytest.approx((20, 3), rel=0.01)


def test_the_longest_slice_counts_and_its_middle_is_told():
    part = np.zeros((12, 12, 5), bool)
    part[2:6, 3, 1], part[1:10, 7, 3] = True, True
    affine = np.diag([1.0, 1.0, 5.0, 1.0])
    affine[:3, 3] = -10, 20, 30
    found = rano_diameters(part, affine)
    assert found[:2] == pytest.approx((9, 1))
    np.testing.assert_allclose(found.centre_mm, [-5, 27, 45])


def test_of_slices_as_long_the_one_that_is_wider_counts():
    part = np.zeros((9, 12, 6), bool)
    part[:, 4, 1], part[:, 7, 4], part[4, 7:10, 4] = True, True, True
    narrow_last = part[..., ::-1]
    assert rano_diameters(part, np.eye(4))[:2] == pytest.approx(rano_diameters(narrow_last, np.eye(4))[:2])
    assert rano_diameters(part, np.eye(4)).centre_mm[2] == 4


def test_one_voxel_has_diameters():
    assert rano_diameters(np.ones((1, 1, 1), bool), np.diag([2.0, 2.0, 5.0, 1]))[:2] == pytest.approx((2, 2))
