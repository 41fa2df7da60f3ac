"""Tissue of a deformed head."""

from dataclasses import dataclass

import numpy as np
from scipy.special import softmax

from ..anatomy import TEMPLATE_CORNER_MM, Anatomy, load_template
from ..fields import Grid, sample, upsample


@dataclass(frozen=True)
class Head:
    """A deformed head. `points_mm` [3, x, y, z]: where in the template each coarse voxel comes from.

    `contrast` is how sharply the averaged template is turned back into one person's tissue, `fluid` how much of that is
    CSF (0: as in the template).
    """

    points_mm: np.ndarray
    contrast: float
    fluid: float


def draw_head(rng: np.random.Generator, points_mm: np.ndarray) -> Head:
    """Draw a person's share of CSF, and how thin their cortex looks."""
    return Head(points_mm, rng.uniform(5.0, 9.0), rng.uniform(-0.5, 1.3))


def build_brain(head: Head, grid: Grid) -> Anatomy:
    """Tissue fractions on `grid`: the softmax of the template's probabilities."""
    template = load_template(1 if grid.spacing_mm < 2 else 2)
    points = upsample(head.points_mm, grid)
    from_corner = points - TEMPLATE_CORNER_MM.reshape(3, 1, 1, 1).astype(np.float32)
    (depth,) = sample(template.depth_mm[None], from_corner / 2)
    step = template.step_mm
    grey, white = sample(template.fractions[:2], (from_corner - (step - 1) / 2) / step) / 255
    odds = head.contrast * np.stack([grey, white, 1 - grey - white])
    odds[2] += head.fluid
    grey, white, _ = softmax(odds, axis=0)
    return Anatomy(grey, white, 1 - grey - white, depth, points)
