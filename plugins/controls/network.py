"""Measurements of a study, and a logistic regression on them."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from zoo import MODALITIES
from zoo.blocks import LogisticHead, masked

BACKGROUND = -0.98
ENHANCEMENT = 0.35
FLAIR_BRIGHT = 0.5
T1, T1CE, FLAIR = (MODALITIES.index(name) for name in ("t1", "t1ce", "flair"))


class VolumeControl(nn.Module):
    """Brain volume, extents along the axes, and surface against volume; intensities only tell brain from background.

    voxel_ml: volume of a model voxel in millilitres.
    """

    def __init__(self, voxel_ml: float) -> None:
        super().__init__()
        self.voxel_ml = voxel_ml
        self.head = LogisticHead(5)

    def measurements(self, x: Tensor, present: Tensor) -> Tensor:
        """Measure the brain, [B, 5]: litres, shares of the box along D, H, W, share of voxels at the surface."""
        brain = ((x > BACKGROUND) & present[:, :, None, None, None]).any(dim=1)
        inside = brain.float()
        count = inside.sum((1, 2, 3))
        extents = [_extent(brain, axis) for axis in (1, 2, 3)]
        core = -nn.functional.max_pool3d(-inside[:, None], 3, stride=1, padding=1)
        surface = (inside - core[:, 0]).sum((1, 2, 3)) / count.clamp(min=1)
        return torch.stack([count * self.voxel_ml / 1000, *extents, surface], dim=1)

    def forward(self, x: Tensor, present: Tensor) -> Tensor:
        return self.head(self.measurements(x, present))


class DeltaControl(nn.Module):
    """Enhancing and FLAIR-bright volume by two fixed thresholds in units of white matter.

    voxel_ml: volume of a model voxel in millilitres.
    """

    def __init__(self, voxel_ml: float) -> None:
        super().__init__()
        self.voxel_ml = voxel_ml
        self.head = LogisticHead(1)

    def measurements(self, x: Tensor, present: Tensor) -> Tensor:
        """Measure enhancement, [B, 1]: logarithm of 1 + the enhancing volume in ml."""
        x = masked(x, present)
        enhancing = (x[:, T1CE] - x[:, T1] > ENHANCEMENT) & (x[:, FLAIR] > FLAIR_BRIGHT)
        return (enhancing.sum((1, 2, 3)) * self.voxel_ml).log1p()[:, None]

    def forward(self, x: Tensor, present: Tensor) -> Tensor:
        return self.head(self.measurements(x, present))


def _extent(brain: Tensor, axis: int) -> Tensor:
    """Share of the box, [B], that has any brain along one axis of bool [B, D, H, W]."""
    others = tuple(other for other in (1, 2, 3) if other != axis)
    return brain.any(dim=others[1]).any(dim=others[0]).float().mean(dim=1)
