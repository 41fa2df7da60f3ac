"""The pieces of a region that hang together."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

SPECK_ML = 0.1
"""Volume up to which a piece is a speck and no part: one cell and a half of the coarsest scores, 4 mm each way."""
TOUCHING = np.ones((3, 3, 3))  # by a face, an edge or a corner: 26 neighbours


def connected_parts(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Number the pieces of a mask, bool [x, y, z]: int32 [x, y, z] from 1, 0 outside; and the voxels of each, int [N].

    Voxels hang together by faces, edges and corners (26-connected).
    """
    numbers, count = ndimage.label(mask, TOUCHING)
    return numbers, np.bincount(numbers.ravel(), minlength=count + 1)[1:]
