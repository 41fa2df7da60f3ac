"""Guidance: another modality's high-level features join the low-level ones of the modality that is guided."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional


class Guidance(nn.Module):
    """The guide's features are brought to the low-level channels and grid, joined 1×1×1, normalised and rectified.

    At the start the guided modality sees only itself. forward(low [B, c, D, h, w], guide [B, C, D', h', w']) -> like
    low.
    """

    def __init__(self, guide_channels: int, low_channels: int, norm: Callable[[int], nn.Module]) -> None:
        super().__init__()
        self.reduce = nn.Conv3d(guide_channels, low_channels, 1)
        self.fuse = self._fuse(low_channels)
        self.norm = norm(low_channels)

    @staticmethod
    def _fuse(channels: int) -> nn.Conv3d:
        fuse = nn.Conv3d(channels, channels, 1, bias=False)
        nn.init.zeros_(fuse.weight)
        return fuse

    def join(self, low: Tensor, guide: Tensor) -> Tensor:
        raise NotImplementedError

    def forward(self, low: Tensor, guide: Tensor) -> Tensor:
        upsampled = functional.interpolate(self.reduce(guide), size=low.shape[2:], mode="trilinear")
        return functional.relu(self.norm(self.join(low, upsampled)))


class ConcatGuidance(Guidance):
    """The paper's: concatenation and a convolution, which starts as [identity | 0]."""

    @staticmethod
    def _fuse(channels: int) -> nn.Conv3d:
        fuse = nn.Conv3d(2 * channels, channels, 1, bias=False)
        with torch.no_grad():
            fuse.weight.zero_()[:, :channels, 0, 0, 0] = torch.eye(channels)
        return fuse

    def join(self, low: Tensor, guide: Tensor) -> Tensor:
        return self.fuse(torch.cat([low, guide], dim=1))


class AddGuidance(Guidance):
    """low + W·guide."""

    def join(self, low: Tensor, guide: Tensor) -> Tensor:
        return low + self.fuse(guide)


class GateGuidance(Guidance):
    """low · (1 + tanh(W·guide)): the guide strengthens or silences what is there."""

    def join(self, low: Tensor, guide: Tensor) -> Tensor:
        return low * (1 + self.fuse(guide).tanh())


GUIDANCE: dict[str, type[Guidance]] = {"concat": ConcatGuidance, "add": AddGuidance, "gate": GateGuidance}
