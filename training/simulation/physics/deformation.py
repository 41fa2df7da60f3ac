"""Another person's head: the template under an affine map and a diffeomorphism from a velocity field."""

from functools import lru_cache

import numpy as np

from ..anatomy import TEMPLATE_CORNER_MM, load_template
from ..fields import BOX_CORNER_MM, BOX_SIZE_MM, COARSE, blur, sample, smooth_field

SQUARINGS = 5
TEMPLATE_STEP_MM = 2
VENTRICLE_DEPTH_MM = 20.0
AXIS = (3, 1, 1, 1)


def draw_deformation(rng: np.random.Generator) -> np.ndarray:
    """Draw where in the template, in mm, each coarse voxel of a new head comes from: float32 [3, x, y, z]."""
    points = COARSE.points_mm()
    centre = (BOX_CORNER_MM + BOX_SIZE_MM / 2).reshape(AXIS)
    matrix = np.eye(3) + rng.normal(0, 0.035, (3, 3))  # turns, shears and stretches at once
    # The template is larger than most heads.
    matrix *= rng.uniform(1.05, 1.16)
    matrix[0] *= rng.choice([-1, 1])
    straight = np.einsum("ij,jxyz->ixyz", matrix, points - centre) + centre + rng.normal(0, 2, AXIS)
    bent = exponential(_draw_velocity(rng))
    return (straight + at_mm(bent, straight)).astype(np.float32)


def _draw_velocity(rng: np.random.Generator) -> np.ndarray:
    """Draw a velocity in mm, float32 [3, x, y, z]: two smooth parts, and one that widens or narrows the ventricles."""
    velocity = rng.uniform(-2.0, 6.0) * towards_ventricles()
    for length_mm, speed_mm in ((55, rng.uniform(1.0, 3.5)), (20, rng.uniform(0.5, 1.6))):
        velocity = velocity + speed_mm * np.stack([smooth_field(rng, COARSE, length_mm) for _ in range(3)])
    return velocity.astype(np.float32)


def exponential(velocity: np.ndarray) -> np.ndarray:
    """Displacement in mm, [3, x, y, z] on the coarse grid, after flowing along `velocity` for unit time.

    Scaling and squaring (Arsigny et al. 2006): half the time twice, so that nothing folds.
    """
    points = COARSE.points_mm()
    moved = velocity / 2**SQUARINGS
    for _ in range(SQUARINGS):
        moved = moved + at_mm(moved, points + moved)
    return moved


def at_mm(volumes: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Read coarse [C, x, y, z] at world positions [3, …] in mm."""
    return sample(volumes, (points - BOX_CORNER_MM.reshape(AXIS)) / COARSE.spacing_mm - 0.5)


@lru_cache(maxsize=1)
def towards_ventricles() -> np.ndarray:
    """Gradient of the template's blurred ventricles, [3, x, y, z] on the coarse grid, at most 1 long.

    A head that is read from nearer to the ventricles has wider ones.
    """
    template = load_template(TEMPLATE_STEP_MM)
    index = (COARSE.points_mm() - TEMPLATE_CORNER_MM.reshape(AXIS)) / TEMPLATE_STEP_MM
    grey, white = sample(template.fractions[:2], index - 0.25) / 255
    (depth,) = sample(template.depth_mm[None], index)
    ventricles = (1 - grey - white) * (depth > VENTRICLE_DEPTH_MM)
    uphill = np.stack(np.gradient(blur(ventricles, 7.0, COARSE)))
    return uphill / np.linalg.norm(uphill, axis=0).max()
