"""One RMC encoder a modality, and a fusion of what they found."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from zoo import GRADES, MODALITIES, expect_one_of
from zoo.blocks import RegionScores, RMCEncoder, any_present, group_norm, masked

from .fusions import FUSIONS


class FeatureFusionGrader(nn.Module):
    """Grader of fused features and coarse region scores.

    fusion: "concat", "gated", "transformer" or "moments". width, blocks, slice_stride: size of the encoders. dropout:
    share of the fused features dropped in training.
    """

    def __init__(self, fusion: str, width: int, blocks: int, slice_stride: int, dropout: float = 0.2) -> None:
        super().__init__()
        expect_one_of(FUSIONS, fusion, "fusion")
        encoders = {name: RMCEncoder(1, width, blocks, slice_stride, group_norm) for name in MODALITIES}
        self.encoders = nn.ModuleDict(encoders)
        first = encoders[MODALITIES[0]]
        self.fusion = FUSIONS[fusion](len(MODALITIES), first.out_channels)
        self.regions = RegionScores(first.middle_channels * len(MODALITIES))
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(self.fusion.out_features + RegionScores.pooled_size, len(GRADES))

    def forward(self, x: Tensor, present: Tensor) -> Tensor:
        return self.grade_and_auxiliary(x, present)[0]

    def grade_and_auxiliary(self, x: Tensor, present: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """Logits [B, 2] and region logits [B, 3, D, h, w], the target of the auxiliary loss in training."""
        middles, highs = self._encode(masked(x, present), present)
        regions = self.regions(middles.flatten(1, 2))
        evidence = torch.cat([self.dropout(self.fusion(highs, present)), RegionScores.pooled(regions)], dim=1)
        return self.head(evidence), {"regions": regions}

    def _encode(self, x: Tensor, present: Tensor) -> tuple[Tensor, Tensor]:
        """Features of layer2 and of layer4, [B, 4, C, D, h, w], 0 where a modality is absent."""
        encoded = {
            name: self.encoders[name](x[:, index : index + 1])
            for index, name in enumerate(MODALITIES)
            if any_present(present[:, index])
        }
        some = next(iter(encoded.values()))
        nothing = tuple(torch.zeros_like(features) for features in some)
        middles, highs = zip(*(encoded.get(name, nothing) for name in MODALITIES), strict=True)
        return masked(torch.stack(middles, dim=1), present), masked(torch.stack(highs, dim=1), present)
