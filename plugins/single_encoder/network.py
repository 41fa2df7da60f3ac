"""The network behind `single-*` and `early-fusion`."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from zoo import GRADES, MODALITIES
from zoo.blocks import (
    AttentionReading,
    DualAttention,
    RegionScores,
    RMCEncoder,
    average_and_peak,
    group_norm,
    masked,
    slices_with_brain,
)


class SingleEncoderGrader(nn.Module):
    """RMC over the chosen modalities as channels; graded from pooled features and coarse region scores.

    modalities: which of t1, t1ce, t2, flair are read. width, blocks, slice_stride: size of the encoder. attention:
    see `DualAttention`. dropout: share of the pooled features dropped in training.
    """

    def __init__(
        self,
        modalities: Sequence[str],
        width: int,
        blocks: int,
        slice_stride: int,
        attention: str = "none",
        dropout: float = 0.2,
    ) -> None:
        super().__init__()
        self.modalities = tuple(modalities)
        self.channels = [MODALITIES.index(name) for name in modalities]
        self.encoder = RMCEncoder(len(self.channels), width, blocks, slice_stride, group_norm)
        self.attention = DualAttention(self.encoder.out_channels, attention)
        self.regions = RegionScores(self.encoder.middle_channels)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(2 * self.encoder.out_channels + RegionScores.pooled_size, len(GRADES))

    def forward(self, x: Tensor, present: Tensor) -> Tensor:
        return self.grade_and_auxiliary(x, present)[0]

    def grade_and_auxiliary(self, x: Tensor, present: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """Logits [B, 2] and region logits [B, 3, D, h, w], the target of the auxiliary loss in training."""
        middle, high, slices = self._encode(x, present)
        regions = self.regions(middle)
        pooled = average_and_peak(self.attention(high, slices))
        evidence = torch.cat([self.dropout(pooled), RegionScores.pooled(regions)], dim=1)
        return self.head(evidence), {"regions": regions}

    def region_logits(self, x: Tensor, present: Tensor) -> Tensor:
        """Return region logits [B, 3, D, h, w], of whole studies or of patches."""
        return self.regions(self.encoder.middle(self._scans(x, present)))

    def attention_maps(self, x: Tensor, present: Tensor) -> dict[str, AttentionReading]:
        """What attention looked at, on the grid of the features: one reading for all the modalities it sees."""
        _, high, slices = self._encode(x, present)
        return dict.fromkeys(self.modalities, self.attention.read(high, slices))

    def _encode(self, x: Tensor, present: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        scans = self._scans(x, present)
        middle, high = self.encoder(scans)
        return middle, high, slices_with_brain(scans, high.shape[2])

    def _scans(self, x: Tensor, present: Tensor) -> Tensor:
        """The modalities that it reads; to choose all of them would copy them into a layout that is slow to read."""
        x = masked(x, present)
        return x if self.modalities == MODALITIES else x[:, self.channels]
