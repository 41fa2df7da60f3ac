"""Motions as matrices and as angles, and how far apart two are."""

from __future__ import annotations

import numpy as np
import pytest

from raw_heads import motion
from zoo.scanner.rigid_motion import HEAD_RADIUS_MM, degrees, distance_mm, from_euler, shifted, to_euler


def test_the_distance_of_motions_is_that_of_a_ball_s_points():
    points = np.random.default_rng(1).uniform(-1, 1, (200_000, 3))
    centre = np.array([3.0, -9, 14])
    ball = centre + HEAD_RADIUS_MM * points[np.linalg.norm(points, axis=1) < 1]
    one, other = motion((3, 9, -4), (1, 2, 9)), motion((0, 5, 2), (-3, 0, 1))
    apart = ball @ (one - other)[:3, :3].T + (one - other)[:3, 3]
    expected = np.sqrt((apart**2).sum(axis=1).mean())
    assert distance_mm(one, other, centre) == pytest.approx(expected, rel=0.01)


def test_motions_come_back_from_angles():
    for angles in ((20, -30, 50), (-80, 10, 170), (0, 0, 0)):
        matrix = motion(angles, (5, 6, -70))
        np.testing.assert_allclose(from_euler(to_euler(matrix, np.array([3.0, 80, -9]))), matrix, atol=1e-9)


def test_the_angle_of_a_turn_is_told():
    assert degrees(motion((0, 0, -30), (9, 9, 9))) == pytest.approx(30)


def test_a_shift_turns_nothing():
    np.testing.assert_array_equal(shifted(np.array([1, 2, 3])) @ [5, 5, 5, 1], [6, 7, 8, 1])
