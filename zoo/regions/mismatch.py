"""T2–FLAIR mismatch: a core that is bright on T2 and, but for a rim, dark on FLAIR."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from zoo.regions.measure import voxel_ml
from zoo.study.brain import bounding_box
from zoo.study.prepare import white_matter_levels
from zoo.types import MODALITIES, Volumes

BRIGHT_ON_T2, DARK_ON_FLAIR = 1.6, 1.4
"""Bounds in units of white matter, chosen on 48 simulated studies, half of them with the sign, by true masks."""
LEAST_MISMATCH = 0.5
"""Share of the core that is bright on T2 and dark on FLAIR where there is the sign: "near-complete", so most of it.
Less finds more of it, and more where there is none."""
LEAST_CORE_ML = 1.0
THINNED = 3
"""One voxel in so many along each axis is enough to tell how bright white matter is."""
T2, FLAIR = MODALITIES.index("t2"), MODALITIES.index("flair")


def why_no_mismatch(core: np.ndarray, volumes: Volumes) -> str:
    """Say why a core, bool [x, y, z], can't be asked for the sign; nothing where it can."""
    if not volumes.present[[T2, FLAIR]].all():
        return "it takes T2 and FLAIR"
    if np.count_nonzero(core) * voxel_ml(volumes.affine) < LEAST_CORE_ML:
        return f"no {LEAST_CORE_ML:g} ml of tumour that doesn't enhance were found"
    return ""


def mismatch_share(core: np.ndarray, volumes: Volumes) -> float:
    """Measure how much of a core, bool [x, y, z], is bright on T2 and dark on FLAIR, 0 to 1."""
    thinned = (slice(None, None, THINNED),) * 3
    levels = white_matter_levels(replace(volumes, data=volumes.data[:, *thinned], brain=volumes.brain[thinned]))
    box = bounding_box(core)
    t2, flair = (volumes.data[row][box][core[box]] / levels[row] for row in (T2, FLAIR))
    return float(((t2 >= BRIGHT_ON_T2) & (flair <= DARK_ON_FLAIR)).mean())
