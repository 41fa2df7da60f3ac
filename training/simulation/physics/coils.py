"""Shading: loops of wire around the head hear what is near them, and at 3 T the middle is excited more."""

import numpy as np

from ..fields import BOX_CORNER_MM, BOX_SIZE_MM, COARSE, Grid, upsample

LOOP_MM = 55.0
HELMET_MM = np.array([105.0, 125.0, 105.0])
# How much more the middle is excited than the edge, by field strength: at 3 T by 10 to 40 % (general knowledge, such as
# Boudreau et al. 2017 map it), at 1.5 T hardly.
EXCITED = {1.5: (0.0, 0.06), 3.0: (0.08, 0.26)}
LEFT = (0.05, 0.3)  # of the coils' shading, as an exponent, after the scanner evened it out


def draw_shading(rng: np.random.Generator, tesla: float, grid: Grid) -> np.ndarray:
    """Factor on every image of a session, around 1, float32 [x, y, z].

    Root of the sum of squares over 6 to 16 loops (Roemer et al. 1990), most of which the scanner evens out.
    """
    points = COARSE.points_mm() - (BOX_CORNER_MM + BOX_SIZE_MM / 2).reshape(3, 1, 1, 1)
    directions = rng.standard_normal((int(rng.integers(6, 17)), 3))
    directions[:, 2] = np.abs(directions[:, 2]) - 0.5  # a helmet is open below
    places = HELMET_MM * directions / np.linalg.norm(directions, axis=1, keepdims=True)
    heard = np.sqrt(sum(loop_field(points, place) ** 2 for place in places))
    radius = np.linalg.norm(points / HELMET_MM.reshape(3, 1, 1, 1), axis=0)
    excited = 1 + rng.uniform(*EXCITED[tesla]) * (0.5 - radius**2)
    return upsample((heard / heard.mean()) ** rng.uniform(*LEFT) * excited, grid)


def loop_field(points: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Sensitivity at `points` [3, …] in mm of a loop at `place`: Biot and Savart on its axis, 1 at its centre."""
    squared = np.square(points - place.reshape(3, 1, 1, 1)).sum(axis=0)
    return (1 + squared / LOOP_MM**2) ** -1.5
