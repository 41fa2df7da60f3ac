"""How strongly a heat map is drawn, in the viewer and in the report."""

from __future__ import annotations

import numpy as np

LEAST_SHOWN = 0.5  # of full colour
FULL_COLOUR_PERCENTILE = 99.8


def full_colour(values: np.ndarray) -> float:
    """The strength from which a map is drawn in full colour, so that a peak of a few voxels makes nothing else faint.

    A high percentile of |values| where they are not 0; 1 for a map of nothing.
    """
    strengths = np.abs(values[values != 0])
    return float(np.percentile(strengths, FULL_COLOUR_PERCENTILE)) if strengths.size else 1.0
