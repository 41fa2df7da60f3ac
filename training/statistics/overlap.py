"""How well masks of a region agree: Dice, how far their surfaces lie apart, and over many studies their volumes.

An empty mask is not an error: where both are empty there is nothing to agree on, and Dice is None; where one is, Dice
is 0. A surface distance needs two surfaces, and is None in either case.
"""

from __future__ import annotations

import numpy as np
from scipy.ndimage import binary_erosion
from scipy.spatial import KDTree


def dice(one: np.ndarray, other: np.ndarray) -> float | None:
    """Overlap of two masks, bool [x, y, z] each: 2 |A ∩ B| / (|A| + |B|) (Dice 1945); None where both are empty."""
    size = np.count_nonzero(one) + np.count_nonzero(other)
    return 2 * np.count_nonzero(one & other) / size if size else None


def surface_distance(one: np.ndarray, other: np.ndarray, affine: np.ndarray, percentile: float = 95) -> float | None:
    """Symmetric surface distance of two masks in mm, bool [x, y, z] each; None unless both have a voxel.

    The larger of two percentiles: of the distances from each voxel at the surface of one to the nearest at the
    surface of the other, and the other way round (the 95 % Hausdorff distance of Maier-Hein et al. 2024, Metrics
    Reloaded). At the surface is a voxel with a face towards one that is outside the mask. affine: float64 [4, 4],
    voxel to world in mm; voxels may be of any size, and their axes may stand askew.
    """
    if not one.any() or not other.any():
        return None
    surfaces = [np.argwhere(mask & ~binary_erosion(mask)) @ affine[:3, :3].T for mask in (one, other)]
    trees = [KDTree(surface, compact_nodes=False, balanced_tree=False) for surface in surfaces]
    apart = [trees[1].query(surfaces[0])[0], trees[0].query(surfaces[1])[0]]
    return float(max(np.percentile(distances, percentile) for distances in apart))


def volume_correlation(found: np.ndarray, true: np.ndarray) -> float | None:
    """Pearson's correlation of volumes, float64 [N] each; None of a single study or of volumes that are all equal."""
    if len(found) < 2 or not np.ptp(found) or not np.ptp(true):
        return None
    return float(np.corrcoef(found, true)[0, 1])
