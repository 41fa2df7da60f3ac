"""How strongly a heat map is drawn, and tumour regions in which colours, in the viewer and in the report."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

LEAST_SHOWN = 0.5  # of full colour
FULL_COLOUR_PERCENTILE = 99.8
REGION_COLOURS: Mapping[str, tuple[int, int, int]] = {
    "core": (128, 64, 224),
    "oedema": (192, 255, 96),
    "enhancing": (255, 32, 128),
}
"""Violet, lime and pink: apart for every kind of colour vision from one another, heat maps and the grey of a scan."""
BRAIN_COLOUR = (255, 208, 0)
"""Amber, for the outline of a brain mask: no grey is like it."""


def full_colour(values: np.ndarray) -> float:
    """The strength from which a map is drawn in full colour, so that a peak of a few voxels makes nothing else faint.

    A high percentile of |values| where they are not 0; 1 for a map of nothing.
    """
    strengths = np.abs(values[values != 0])
    return float(np.percentile(strengths, FULL_COLOUR_PERCENTILE)) if strengths.size else 1.0


def css_colour(region: str) -> str:
    """A region's colour for a style sheet: "rgb(128 64 224)"."""
    red, green, blue = REGION_COLOURS[region]
    return f"rgb({red} {green} {blue})"
