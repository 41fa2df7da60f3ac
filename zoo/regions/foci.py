"""How many tumours there are: solid parts that neither touch each other nor share their oedema."""

from __future__ import annotations

import numpy as np

from zoo.regions.parts import connected_parts
from zoo.types import REGION_LABELS

SOLID = (REGION_LABELS["core"], REGION_LABELS["enhancing"])
LEAST_FOCUS_ML = 0.5
"""Solid tumour of a focus, at least: that of a ball of 10 mm, the smallest that RANO calls measurable."""


def count_foci(labels: np.ndarray, ml_of_voxel: float) -> int:
    """Count the foci in a label map, uint8 [x, y, z], as VASARI tells them: outside each other's surrounding oedema.

    Each is a piece of the whole tumour that hangs together and has LEAST_FOCUS_ML of solid tumour, or more.
    """
    numbers, sizes = connected_parts(labels != 0)
    solid = np.bincount(numbers[np.isin(labels, SOLID)], minlength=len(sizes) + 1)[1:]
    return int(np.count_nonzero(solid * ml_of_voxel >= LEAST_FOCUS_ML))
