"""Regions as weights between 0 and 1 for each voxel, [B, R, D, H, W]: their size, their border, their extent."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

FEWEST = 1.0
"""Voxels added to every region that something is averaged over: of an empty one the average is 0."""


def grown(region: Tensor) -> Tensor:
    """By one voxel all around."""
    return functional.max_pool3d(region, 3, stride=1, padding=1)


def shrunk(region: Tensor) -> Tensor:
    """By one voxel all around."""
    return -grown(-region)


def border(region: Tensor) -> Tensor:
    """Its outermost voxels and those next to them."""
    return grown(region) - shrunk(region)


def volume(regions: Tensor) -> Tensor:
    """In voxels, [B, R]."""
    return regions.sum((2, 3, 4))


def log_volume(regions: Tensor) -> Tensor:
    return volume(regions).add(1).log()


def share(part: Tensor, regions: Tensor) -> Tensor:
    """How much of each region lies in `part`, [B, R]; `part` is within it."""
    return volume(part) / (volume(regions) + FEWEST)


def log_scatter(region: Tensor) -> Tensor:
    """Log of the radius of gyration less that of a ball's size: the same for large and small, higher if in pieces."""
    axes = [torch.arange(length, dtype=region.dtype, device=region.device) for length in region.shape[2:]]
    places = torch.stack(torch.meshgrid(*axes, indexing="ij"))
    counts = volume(region) + FEWEST
    weights = region / counts[:, :, None, None, None]
    centre = torch.einsum("brdhw,adhw->bra", weights, places)
    squares = torch.einsum("brdhw,adhw->bra", weights, places.square())
    variance = (squares - centre.square()).clamp(min=0).sum(-1)
    return variance.add(1).log() / 2 - counts.log() / 3
