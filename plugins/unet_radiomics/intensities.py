"""What is seen within regions, as statistics of each contrast."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from zoo import MODALITIES

from .shapes import FEWEST, share, volume

CONTRASTS = (*MODALITIES, "t1ce - t1", "t2 - flair")


def contrasts_of(x: Tensor) -> Tensor:
    """Return contrasts of images, [B, 4, …] -> [B, 6, …] in the order of CONTRASTS."""
    t1, t1ce, t2, flair = x.split(1, dim=1)
    return torch.cat([x, t1ce - t1, t2 - flair], dim=1)


def means_and_spreads(contrasts: Tensor, places: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation of each contrast within each place, both [B, places · contrasts]."""
    counts = (volume(places) + FEWEST)[:, :, None]
    means = torch.einsum("bpdhw,bcdhw->bpc", places, contrasts) / counts
    squares = torch.einsum("bpdhw,bcdhw->bpc", places, contrasts.square()) / counts
    spreads = (squares - means.square()).clamp(min=0).add(1e-4).sqrt()
    return means.flatten(1), spreads.flatten(1)


def change(contrasts: Tensor, edge: Tensor) -> Tensor:
    """How far a voxel at the edge is from the mean of those around it, squared, [B, contrasts]."""
    changes = (contrasts - functional.avg_pool3d(contrasts, 3, stride=1, padding=1)).square()
    return share(edge * changes, edge)
