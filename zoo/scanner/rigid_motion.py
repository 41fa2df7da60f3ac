"""Rigid motions as matrices, float64 [4, 4], in mm: how far apart two are, and what SimpleITK calls them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial.transform import Rotation

if TYPE_CHECKING:
    import SimpleITK

HEAD_RADIUS_MM = 80.0
"""Distance from its middle at which a turn by a radian moves the head by as many mm."""


def shifted(shift: np.ndarray) -> np.ndarray:
    """Return the motion that moves by float64 [3], and turns nothing."""
    matrix = np.eye(4)
    matrix[:3, 3] = shift
    return matrix


def distance_mm(one: np.ndarray, other: np.ndarray, centre: np.ndarray) -> float:
    """Measure how far apart two motions move a head on average, in mm: root mean square over a ball.

    centre: its middle, float64 [3], mm. After Jenkinson 1999 (FMRIB TR99MJ1), eq. 12.
    """
    apart = one - other
    turn, shift = apart[:3, :3], apart[:3, :3] @ centre + apart[:3, 3]
    return float(np.sqrt(HEAD_RADIUS_MM**2 / 5 * np.trace(turn.T @ turn) + shift @ shift))


def degrees(motion: np.ndarray) -> float:
    """Angle by which a motion turns."""
    return float(np.degrees(Rotation.from_matrix(motion[:3, :3]).magnitude()))


def to_euler(matrix: np.ndarray, centre: np.ndarray) -> SimpleITK.Euler3DTransform:
    """A motion about the middle of the head: one turned about a far point moves the head by turning it."""
    import SimpleITK

    motion = SimpleITK.Euler3DTransform()
    motion.SetCenter(centre.tolist())
    angles = Rotation.from_matrix(matrix[:3, :3]).as_euler("ZXY")[[1, 2, 0]]  # ITK turns about y, x, then z
    motion.SetRotation(*angles.tolist())
    motion.SetTranslation((matrix[:3, :3] @ centre + matrix[:3, 3] - centre).tolist())
    return motion


def from_euler(motion: SimpleITK.Euler3DTransform) -> np.ndarray:
    matrix, centre = np.eye(4), np.array(motion.GetCenter())
    matrix[:3, :3] = np.reshape(motion.GetMatrix(), (3, 3))
    matrix[:3, 3] = centre + motion.GetTranslation() - matrix[:3, :3] @ centre
    return matrix
