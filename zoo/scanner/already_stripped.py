"""Whether a scan is without its skull already: then all that isn't background is brain.

Zeros around it don't tell, as some heads with skull have borders of zeros; how large it is doesn't either, as some
show a part of the head only. What tells is that no more is there than what networks take for brain. The limit lies
between simulated studies, closely and loosely stripped, and those with a thin skull and scalp around them; no patient
was used to set it.
"""

from __future__ import annotations

import numpy as np

from zoo.study.background import clear_background
from zoo.study.brain import brain_mask

AGREEING = 0.88  # Dice; simulated: stripped 0.94 and more, 0.91 with a rim of 6 mm, heads of 6 mm skull and scalp 0.84


def foreground(voxels: np.ndarray) -> np.ndarray:
    """Tell what is there from the background, whatever value that has: bool [x, y, z].

    voxels: float32 [x, y, z], which are left as they are.
    """
    return brain_mask(without_background(voxels)[None])


def without_background(voxels: np.ndarray) -> np.ndarray:
    """Copy a scan with its background at 0, noise and ringing too: float32 [x, y, z]."""
    scan = voxels.copy(order="K")
    clear_background(scan, holes=bool(np.isnan(scan).any()))
    return scan


def already_stripped(there: np.ndarray, brain: np.ndarray) -> bool:
    """Whether a scan is skull-stripped. there: its foreground. brain: its mask by networks. Both bool [x, y, z]."""
    both = np.count_nonzero(there & brain)
    return bool(2 * both >= AGREEING * (np.count_nonzero(there) + np.count_nonzero(brain)))
