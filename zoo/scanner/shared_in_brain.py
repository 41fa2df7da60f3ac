"""What two scans share within the brain: two heads of different people are alike as heads, not as brains."""

from __future__ import annotations

import numpy as np

from zoo.scanner.prepared_grid import BY_HALVES, carried, field_in
from zoo.scanner.raw_scan import RawScan

CUBE_MM = 2.0
BINS = 32


def shared_in_brain(fixed: RawScan, brain: RawScan, moving: RawScan, motion: np.ndarray) -> float:
    """Mutual information of two scans where the brain is, in nats, from a histogram of cubes.

    fixed, moving: without extremes, see `RawScan.clipped`. brain: 1 within and 0 around it, on the fixed scan's grid.
    motion: float64 [4, 4], from the fixed scan's world to the moving one's. 0 where they share no cube.
    """
    cubes = fixed.as_cubes(CUBE_MM)
    place = motion, cubes.affine, cubes.voxels.shape
    both = field_in(moving, *place) & (brain.as_cubes(CUBE_MM).voxels >= BY_HALVES)
    return mutual_information(cubes.voxels[both], carried(moving, *place)[both])


def mutual_information(one: np.ndarray, other: np.ndarray) -> float:
    """How much of one, float32 [N], tells of the other, in nats: the sum over p(x, y) log p(x, y) / p(x) p(y)."""
    if not one.size:
        return 0.0
    together = np.histogram2d(one, other, BINS)[0] / one.size
    apart = np.outer(together.sum(axis=1), together.sum(axis=0))
    seen = together > 0
    return float((together[seen] * np.log(together[seen] / apart[seen])).sum())
