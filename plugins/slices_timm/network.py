"""The network behind `slices-timm`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import timm
import torch
from torch import Tensor, nn

from zoo import GRADES, MODALITIES
from zoo.blocks import AttentionReading, masked, slices_with_brain


class GatedAttentionPooling(nn.Module):
    """a_k = softmax_k wᵀ(tanh(V h_k) ⊙ σ(U h_k)), pooled = Σ a_k h_k (Ilse et al. 2018, eq. 9)."""

    def __init__(self, features: int, width: int) -> None:
        super().__init__()
        self.value = nn.Linear(features, width)
        self.gate = nn.Linear(features, width)
        self.score = nn.Linear(width, 1, bias=False)

    def weights(self, rows: Tensor, allowed: Tensor) -> Tensor:
        """a [B, K] for rows [B, K, F]; allowed: bool [B, K], which rows may count."""
        scores = self.score(self.value(rows).tanh() * self.gate(rows).sigmoid())[..., 0].float()
        return scores.masked_fill(~allowed, torch.finfo(scores.dtype).min).softmax(dim=1)

    def forward(self, rows: Tensor, allowed: Tensor) -> Tensor:
        return torch.einsum("bk,bkf->bf", self.weights(rows, allowed).to(rows.dtype), rows)


class SliceGrader(nn.Module):
    """Every slice [4, H, W] through one 2-D backbone, attention over slices that show brain, one linear layer.

    backbone: any name that `timm.list_models()` knows. backbone_options: what else it wants to know; transformers
    need {"img_size": (H, W)} of the recipe. pretrained: start from timm's weights (fetched by timm). attention_width:
    of the gated attention. dropout: share of the pooled features dropped in training.
    """

    def __init__(
        self,
        backbone: str,
        pretrained: bool,
        attention_width: int,
        backbone_options: Mapping[str, Any] | None = None,
        dropout: float = 0.2,
    ) -> None:
        super().__init__()
        self.backbone = timm.create_model(
            backbone, pretrained=pretrained, in_chans=len(MODALITIES), num_classes=0, **(backbone_options or {})
        )
        features = self.backbone.head_hidden_size
        self.pooling = GatedAttentionPooling(features, attention_width)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(features, len(GRADES))

    def forward(self, x: Tensor, present: Tensor) -> Tensor:
        rows, allowed = self._rows(masked(x, present))
        return self.head(self.dropout(self.pooling(rows, allowed)))

    def attention_maps(self, x: Tensor, present: Tensor) -> dict[str, AttentionReading]:
        """How much each slice counted: one reading for all modalities."""
        rows, allowed = self._rows(masked(x, present))
        weights = self.pooling.weights(rows, allowed)
        return dict.fromkeys(MODALITIES, AttentionReading(slices=weights, slice_effect=torch.ones(len(x))))

    def _rows(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """The backbone's features of each slice, [B, D, F], and which slices show brain, [B, D]."""
        slices = x.transpose(1, 2)
        rows = self.backbone(slices.flatten(0, 1)).unflatten(0, slices.shape[:2])
        return rows, slices_with_brain(x, x.shape[2])
