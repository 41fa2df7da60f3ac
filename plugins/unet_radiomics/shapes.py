"""Regions as weights between 0 and 1 for each voxel, [B, R, D, H, W]: their size and border."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional

FEWEST = 1.0
"""Voxels added to every region that something is averaged over: of an empty one the average is 0."""


def grown(region: Tensor) -> Tensor:
    """Grow regions by one voxel all around."""
    return functional.max_pool3d(region, 3, stride=1, padding=1)


def shrunk(region: Tensor) -> Tensor:
    """Shrink regions by one voxel all around."""
    return -grown(-region)


def border(region: Tensor) -> Tensor:
    """A region's outermost voxels and those next to them."""
    return grown(region) - shrunk(region)


def volume(regions: Tensor) -> Tensor:
    """Return volumes in voxels, [B, R]."""
    return regions.sum((2, 3, 4))


def log_volume(regions: Tensor) -> Tensor:
    return volume(regions).add(1).log()


def share(part: Tensor, regions: Tensor) -> Tensor:
    """How much of each region lies in `part`, [B, R]; `part` is within it."""
    return volume(part) / (volume(regions) + FEWEST)
