"""The network behind `unet-radiomics`."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional

from zoo import MODALITIES
from zoo.blocks import CachedModule, LogisticHead, RegionScores, masked

from .radiomics import NAMES, measure
from .unet import UNet

FINER = 2  # regions than the U-Net's maps: as fine as its input


class UNetRadiomics(CachedModule):
    """Grader by measurements of the regions that a U-Net finds. width: its maps at the finest level."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.unet = UNet(len(MODALITIES), width)
        self.regions = RegionScores(width, FINER)
        self.head = LogisticHead(len(NAMES), bounded=True)

    def forward(self, x: Tensor, present: Tensor) -> Tensor:
        return self.grade_and_auxiliary(x, present)[0]

    def grade_and_auxiliary(self, x: Tensor, present: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """Logits [B, 2] and region logits [B, 3, D, H, W]."""
        regions = self.region_logits(x, present)
        return self.head(_measured(masked(x, present), regions)), {"regions": regions}

    def region_logits(self, x: Tensor, present: Tensor) -> Tensor:
        return self.regions(self.unet(masked(x, present)))

    def measurements(self, x: Tensor, present: Tensor) -> Tensor:
        """Return the measurements of `radiomics`, [B, K]."""
        return _measured(masked(x, present), self.region_logits(x, present))


def _measured(x: Tensor, logits: Tensor) -> Tensor:
    """Measure on the grid of the U-Net's maps: radiomics of a quarter of the voxels say the same."""
    return measure(x, functional.avg_pool3d(logits, (1, FINER, FINER)))
