"""Heads: they turn feature maps into what a grade is read from."""

from __future__ import annotations

import torch
from torch import Tensor, nn

REGIONS = ("core", "oedema", "enhancing")
"""BraTS labels 1, 2 and 4."""


def average(features: Tensor) -> Tensor:
    """Average each feature map over its voxels: [B, C, D, h, w] -> [B, C]."""
    return features.mean((2, 3, 4))


def average_and_peak(features: Tensor) -> Tensor:
    """Mean and maximum of each feature map, [B, C, D, h, w] -> [B, 2C]; a small lesion hardly moves the mean."""
    return torch.cat([average(features), features.amax((2, 3, 4))], dim=1)


class RegionScores(nn.Module):
    """A tumour segmentation whose pooled scores help to grade: where to look, learned from masks.

    logits: [B, C, D, h, w] -> [B, 3, D, finer·h, finer·w] in the order of REGIONS. finer: into how many voxels along
    each axis of a slice a cell of the features is divided, as Shi et al. 2016, arXiv 1609.05158, divide pixels.
    pooled: -> [B, 9], of each region the log of its soft volume, the log of its volume above a score of one half, and
    the largest score.
    """

    pooled_size = 3 * len(REGIONS)
    sharpness = 8.0

    def __init__(self, channels: int, finer: int = 1) -> None:
        super().__init__()
        self.finer = finer
        self.classify = nn.Conv3d(channels, len(REGIONS) * finer**2, 1)
        assert self.classify.bias is not None
        nn.init.constant_(self.classify.bias, -4.0)  # tumours are small: start from "nowhere"

    def forward(self, features: Tensor) -> Tensor:
        return divided(self.classify(features), self.finer)

    @classmethod
    def pooled(cls, logits: Tensor) -> Tensor:
        """Doubts all over a brain add up to the soft volume of a tumour; above one half there are none, smoothly."""
        scores, sure = logits.sigmoid(), (cls.sharpness * logits).sigmoid()
        volumes = torch.cat([scores.sum((2, 3, 4)), sure.sum((2, 3, 4))], dim=1)
        return torch.cat([volumes.add(1).log(), scores.amax((2, 3, 4))], dim=1)


def divided(maps: Tensor, parts: int) -> Tensor:
    """Lay what so many maps say of a cell side by side within the slice: [B, C·parts², D, h, w] -> [B, C, D, …]."""
    return nn.functional.pixel_shuffle(maps.transpose(1, 2), parts).transpose(1, 2) if parts > 1 else maps


class LogisticHead(nn.Module):
    """Logistic regression on a few measurements: [B, K] -> logits [B, 2] whose difference is w·measurements + b.

    bounded: a measurement beyond what training saw counts as the nearest that it saw, so that a study unlike all of
    them is not graded with boundless confidence.
    """

    least: Tensor
    most: Tensor

    def __init__(self, measurements: int, bounded: bool = False) -> None:
        super().__init__()
        self.linear = nn.Linear(measurements, 1)
        self.bounded = bounded
        if bounded:
            widest = torch.full((measurements,), torch.finfo(torch.float16).max)
            self.register_buffer("least", -widest)
            self.register_buffer("most", widest)

    def forward(self, measurements: Tensor) -> Tensor:
        bounded = measurements.clamp(self.least, self.most) if self.bounded else measurements
        return nn.functional.pad(self.linear(bounded), (1, 0))
