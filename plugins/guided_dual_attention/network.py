"""Four RMC encoders, dual attention on each, and the primary's features guiding the secondaries."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from zoo import GRADES, MODALITIES
from zoo.blocks import DualAttention, Guidance, RegionScores, RMCEncoder, concat_evidence, group_norm, masked

NORMS = {"group": group_norm, "batch": nn.BatchNorm3d}
BACKGROUND_MARGIN = 0.05


class GuidedDualAttention(nn.Module):
    """Xu et al., arXiv 2401.09029.

    primary: the modality that guides the others. width, blocks, slice_stride, norm: the encoders, see `RMCEncoder`.
    attention: "dual", "slice", "spatial" or "none". slice_similarity: see `SliceAttention`.
    dropout: share of the pooled features dropped in training.

    An absent secondary contributes zeros, so the primary alone (the paper's first stage) is the same module with only
    the primary present.
    """

    def __init__(
        self,
        primary: str = "t1ce",
        width: int = 64,
        blocks: int = 2,
        slice_stride: int = 1,
        norm: str = "batch",
        attention: str = "dual",
        slice_similarity: str = "cosine",
        dropout: float = 0.2,
    ) -> None:
        super().__init__()
        self.primary = primary
        self.secondaries = [name for name in MODALITIES if name != primary]
        make_norm, channels = NORMS[norm], 8 * width
        self.encoders = _per_modality(MODALITIES, lambda: RMCEncoder(1, width, blocks, slice_stride, make_norm))
        self.attention = _per_modality(MODALITIES, lambda: DualAttention(channels, attention, slice_similarity))
        self.guidance = _per_modality(self.secondaries, lambda: Guidance(channels, width, make_norm))
        self.regions = RegionScores(2 * width * len(MODALITIES))
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(2 * channels * len(MODALITIES) + self.regions.pooled_size, len(GRADES))

    def forward(self, x: Tensor, present: Tensor) -> Tensor:
        return self.grade_and_regions(x, present)[0]

    def grade_and_regions(self, x: Tensor, present: Tensor) -> tuple[Tensor, Tensor]:
        """Logits [B, 2] and region logits [B, 3, d, h, w], the target of the auxiliary loss in training."""
        x = masked(x, present)
        middles, highs = self._encode(x, present)
        regions = self.regions(torch.cat([middles[name] for name in MODALITIES], dim=1))
        return self.head(self.dropout(concat_evidence([highs[name] for name in MODALITIES], regions))), regions

    def _encode(self, x: Tensor, present: Tensor) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        """For each modality the features of layer2 and the attended ones of layer4, zero where it is absent."""
        middles: dict[str, Tensor] = {}
        highs: dict[str, Tensor] = {}
        for name in (self.primary, *self.secondaries):
            index = MODALITIES.index(name)
            here = present[:, index, None, None, None, None]
            if not here.any():
                continue
            scan = x[:, index : index + 1]
            low = self.encoders[name].low(scan)
            if name != self.primary:
                low = self.guidance[name](low, highs[self.primary])
            middle, high = self.encoders[name].high(low)
            middles[name] = middle * here
            highs[name] = self.attention[name](high, slices_with_brain(scan, high.shape[2])) * here
        return _filled(middles), _filled(highs)


def slices_with_brain(scan: Tensor, depth: int) -> Tensor:
    """Which slices of the features, bool [B, depth], show any brain in scan [B, 1, D, H, W]."""
    background = scan.amin((2, 3, 4), keepdim=True)
    brain = (scan > background + BACKGROUND_MARGIN).any(dim=4).any(dim=3).float()
    return functional.adaptive_max_pool1d(brain, depth)[:, 0] > 0


def _per_modality(names: tuple[str, ...] | list[str], make) -> nn.ModuleDict:
    return nn.ModuleDict({name: make() for name in names})


def _filled(maps: dict[str, Tensor]) -> dict[str, Tensor]:
    """Zeros for modalities that no study of the batch has."""
    some = next(iter(maps.values()))
    return {name: maps.get(name, torch.zeros_like(some)) for name in MODALITIES}
