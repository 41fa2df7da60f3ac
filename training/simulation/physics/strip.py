"""Another imperfect skull strip: a surface that fits the head badly in some directions."""

import numpy as np

from ..anatomy import Anatomy
from ..fields import BOX_CORNER_MM, BOX_SIZE_MM, COARSE, Grid, upsample

BUMPS = 24


def skull_strip_mask(rng: np.random.Generator, brain: Anatomy, lesion: np.ndarray, grid: Grid) -> np.ndarray:
    """Find the brain as a tool would, bool [x, y, z]: too tight or too wide by direction, cut off below in a few.

    Where the lesion (fractions, [x, y, z]) reaches the surface, nothing is lost.
    """
    kept = (brain.depth_mm > rng.uniform(-1.5, 1.0) + upsample(_misfit_mm(rng), grid)) | (lesion > 0.3)
    if rng.random() < 0.25:
        x, y, z = grid.points_mm()
        kept &= z > rng.uniform(-70, -45) + rng.normal(0, 0.1) * x + rng.normal(0, 0.1) * y
    return kept & (brain.depth_mm > -6)


def _misfit_mm(rng) -> np.ndarray:
    """Bumps on the sphere of directions, [x, y, z] on the coarse grid: by a millimetre, a few outwards by more."""
    offset = COARSE.points_mm() - (BOX_CORNER_MM + BOX_SIZE_MM / 2).reshape(3, 1, 1, 1)
    direction = offset / (np.linalg.norm(offset, axis=0) + 1e-3)
    misfit = np.zeros(COARSE.shape)
    for bump in rng.standard_normal((BUMPS, 3)):
        closeness = np.einsum("i,ixyz->xyz", bump / np.linalg.norm(bump), direction)
        height_mm = -rng.exponential(2.0) if rng.random() < 0.15 else rng.normal(0, 0.7)
        misfit += height_mm * np.exp(rng.uniform(10, 60) * (closeness - 1))
    return misfit
