"""The network behind `single-*` and `early-fusion`."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn

from zoo import GRADES, MODALITIES
from zoo.blocks import RegionScores, RMCEncoder, concat_evidence, group_norm, masked


class SingleEncoderGrader(nn.Module):
    """RMC over the chosen modalities as channels; graded from pooled features and coarse region scores.

    modalities: which of t1, t1ce, t2, flair are read. width, blocks, slice_stride: size of the encoder. dropout:
    share of the pooled features dropped in training.
    """

    def __init__(
        self, modalities: Sequence[str], width: int, blocks: int, slice_stride: int, dropout: float = 0.2
    ) -> None:
        super().__init__()
        self.channels = [MODALITIES.index(name) for name in modalities]
        self.encoder = RMCEncoder(len(self.channels), width, blocks, slice_stride, group_norm)
        self.regions = RegionScores(2 * width)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(2 * self.encoder.out_channels + self.regions.pooled_size, len(GRADES))

    def forward(self, x: Tensor, present: Tensor) -> Tensor:
        return self.grade_and_regions(x, present)[0]

    def grade_and_regions(self, x: Tensor, present: Tensor) -> tuple[Tensor, Tensor]:
        """Logits [B, 2] and region logits [B, 3, d, h, w], the target of the auxiliary loss in training."""
        middle, high = self.encoder(masked(x, present)[:, self.channels])
        regions = self.regions(middle)
        return self.head(self.dropout(concat_evidence([high], regions))), regions
