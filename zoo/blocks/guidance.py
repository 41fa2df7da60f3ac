"""Guidance: another modality's high-level features join the low-level ones of the modality that is guided."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

from zoo.blocks.enlarge import enlarged


class Guidance(nn.Module):
    """The guide is brought to the low-level channels and grid, joined 1×1×1, normalised and rectified.

    At the start the guided modality sees only itself. forward(low [B, c, D, h, w], guide [B, C, D', h', w']) -> like
    low.
    """

    def __init__(self, guide_channels: int, low_channels: int, norm: Callable[[int], nn.Module]) -> None:
        super().__init__()
        self.reduce = nn.Conv3d(guide_channels, low_channels, 1)
        self.fuse = nn.Conv3d(self.fused_from(low_channels), low_channels, 1, bias=False)
        self.norm = norm(low_channels)
        nn.init.zeros_(self.fuse.weight)

    @staticmethod
    def fused_from(low_channels: int) -> int:
        """Channels that the 1×1×1 convolution reads."""
        return low_channels

    def join(self, low: Tensor, guide: Tensor) -> Tensor:
        raise NotImplementedError

    def forward(self, low: Tensor, guide: Tensor) -> Tensor:
        return functional.relu_(self.norm(self.join(low, self.reduce(guide))))


class ConcatGuidance(Guidance):
    """The paper's: concatenation and a convolution, which starts as [identity | 0]."""

    def __init__(self, guide_channels: int, low_channels: int, norm: Callable[[int], nn.Module]) -> None:
        super().__init__(guide_channels, low_channels, norm)
        with torch.no_grad():
            self.fuse.weight[:, :low_channels, 0, 0, 0] = torch.eye(low_channels)

    @staticmethod
    def fused_from(low_channels: int) -> int:
        return 2 * low_channels

    def join(self, low: Tensor, guide: Tensor) -> Tensor:
        """W·[low, G] = W₁·low + W₂·G, and 1×1×1 convolutions may come before the upsampling: the same at less cost."""
        own, guides = self.fuse.weight.chunk(2, dim=1)
        return functional.conv3d(low, own).add_(enlarged(functional.conv3d(guide, guides), low.shape[2:]))


class AddGuidance(Guidance):
    """low + W·guide."""

    def join(self, low: Tensor, guide: Tensor) -> Tensor:
        return low + enlarged(self.fuse(guide), low.shape[2:])


class GateGuidance(Guidance):
    """low · (1 + tanh(W·guide)): the guide strengthens or silences what is there."""

    def join(self, low: Tensor, guide: Tensor) -> Tensor:
        return low * (1 + enlarged(self.fuse(guide), low.shape[2:]).tanh())


GUIDANCE: dict[str, type[Guidance]] = {"concat": ConcatGuidance, "add": AddGuidance, "gate": GateGuidance}
