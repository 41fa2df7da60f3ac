"""Motions that are known, found again."""

from __future__ import annotations

import numpy as np
import pytest

from raw_heads import motion, scan_of
from zoo.assets.references import read_references
from zoo.scanner.registration import HEAD_RADIUS_MM, distance_mm, from_euler, register, to_euler


@pytest.fixture(scope="module")
def reference():
    return read_references()[0]


@pytest.mark.parametrize(
    ("degrees", "mm", "spacing"), [((12, -8, 15), (10, -20, 6), (1, 1, 5)), ((0, 0, 0), (0, 0, 60), (2, 2, 2))]
)
def test_a_motion_between_modalities_is_found(reference, degrees, mm, spacing):
    fixed = scan_of(reference, "t1ce")
    centre = fixed.head_centre
    moved = motion(degrees, mm, centre)
    found = register(fixed, scan_of(reference, "t2", moved, spacing))
    still = register(fixed, scan_of(reference, "t2", spacing=spacing))
    assert distance_mm(found.matrix, moved @ still.matrix, centre) < 0.6
    assert distance_mm(still.matrix, np.eye(4), centre) < 1
    assert max(found.inconsistency_mm, still.inconsistency_mm) < 0.6
    assert max(found.mirrored_gain, still.mirrored_gain) < -0.02


def test_a_mirrored_scan_is_told(reference):
    fixed, moving = scan_of(reference, "t1ce"), scan_of(reference, "t2", motion((5, 0, 9), (4, 4, 0)))
    assert register(fixed, moving.mirrored()).mirrored_gain > 0.02


def test_a_search_ends_the_same_each_time(reference):
    scans = scan_of(reference, "t1ce"), scan_of(reference, "t1", motion((5, 0, 9), (4, 4, 0)))
    one, other = register(*scans), register(*scans)
    np.testing.assert_array_equal(one.matrix, other.matrix)
    assert (one.information, one.inconsistency_mm) == (other.information, other.inconsistency_mm)


def test_the_distance_of_motions_is_that_of_a_ball_s_points():
    points = np.random.default_rng(1).uniform(-1, 1, (200_000, 3))
    centre = np.array([3.0, -9, 14])
    ball = centre + HEAD_RADIUS_MM * points[np.linalg.norm(points, axis=1) < 1]
    one, other = motion((3, 9, -4), (1, 2, 9)), motion((0, 5, 2), (-3, 0, 1))
    apart = ball @ (one - other)[:3, :3].T + (one - other)[:3, 3]
    expected = np.sqrt((apart**2).sum(axis=1).mean())
    assert distance_mm(one, other, centre) == pytest.approx(expected, rel=0.01)


def test_motions_come_back_from_angles():
    for degrees in ((20, -30, 50), (-80, 10, 170), (0, 0, 0)):
        matrix = motion(degrees, (5, 6, -70))
        np.testing.assert_allclose(from_euler(to_euler(matrix, np.array([3.0, 80, -9]))), matrix, atol=1e-9)
