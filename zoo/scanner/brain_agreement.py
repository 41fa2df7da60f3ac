"""Whether the brain found on one scan is that found on another: else one mask went wrong, or one of the scans did.

Where they agree, what either shows is brain: a tumour at the surface that one of them leaves out is in the other more
often than not.

The limit stands below what masks of T1 and T1ce share: of six simulated heads Dice 0.951 to 0.984, of a real one 0.978.
Laid 10 mm beside each other, the same masks share 0.87 to 0.89.
"""

from __future__ import annotations

import numpy as np

from zoo.scanner.brain_extraction import without_holes
from zoo.scanner.prepared_grid import field_in, mask_in
from zoo.scanner.raw_scan import RawScan

CHECKED_ON = {"t1ce": "t1"}
"""The scan on which a second mask is made, by that on which the first was: of both the networks know the contrast."""
AGREEING = 0.9


def agreement(brain: RawScan, other: RawScan, motion: np.ndarray) -> float:
    """Dice of two masks, 1 within and 0 around a brain, where both scans see; 0 where they share nothing.

    motion: float64 [4, 4], from the world of the first to that of the other.
    """
    place = motion, brain.affine, brain.voxels.shape
    field = field_in(other, *place)
    one, two = field & (brain.voxels > 0), field & mask_in(other, *place)
    voxels = int(np.count_nonzero(one) + np.count_nonzero(two))
    return 2 * int(np.count_nonzero(one & two)) / max(voxels, 1)


def joined(brain: RawScan, other: RawScan, motion: np.ndarray) -> RawScan:
    """Join two masks on the grid of the first, without holes; as `agreement`."""
    either = (brain.voxels > 0) | mask_in(other, motion, brain.affine, brain.voxels.shape)
    return RawScan(without_holes(either).astype(np.float32), brain.affine)
