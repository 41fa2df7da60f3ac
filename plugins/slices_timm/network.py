"""The network behind `slices-timm`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, cast

import timm
import torch
from torch import Tensor, nn

from zoo import GRADES, MODALITIES
from zoo.blocks import AttentionReading, CachedModule, RegionScores, masked, slices_with_brain

MAX_REDUCTION = 8


class GatedAttentionPooling(nn.Module):
    """Attention pooling: a_k = softmax_k wᵀ(tanh(V h_k) ⊙ σ(U h_k)), pooled = Σ a_k h_k (Ilse et al. 2018, eq. 9)."""

    def __init__(self, features: int, width: int) -> None:
        super().__init__()
        self.value = nn.Linear(features, width)
        self.gate = nn.Linear(features, width)
        self.score = nn.Linear(width, 1, bias=False)

    def weights(self, rows: Tensor, allowed: Tensor) -> Tensor:
        """Return weights a [B, K] for rows [B, K, F]; allowed: bool [B, K], which rows may count."""
        scores = self.score(self.value(rows).tanh() * self.gate(rows).sigmoid())[..., 0].float()
        return scores.masked_fill(~allowed, torch.finfo(scores.dtype).min).softmax(dim=1)

    def forward(self, rows: Tensor, allowed: Tensor) -> Tensor:
        return torch.einsum("bk,bkf->bf", self.weights(rows, allowed).to(rows.dtype), rows)


class Backbone(Protocol):
    """The part of a timm model that is used here."""

    head_hidden_size: int
    feature_info: Sequence[Mapping[str, Any]]

    def forward_intermediates(self, x: Tensor, indices: list[int]) -> tuple[Tensor, list[Tensor]]: ...

    def forward_head(self, x: Tensor) -> Tensor: ...


class SliceGrader(CachedModule):
    """Every slice [4, H, W] through one 2-D backbone, attention over slices that show brain, coarse region scores.

    backbone: any name that `timm.list_models()` knows. backbone_options: what else it wants to know, in numbers;
    transformers need {"img_size": (H, W)} of the recipe. Neither may name files or addresses, which timm would open:
    options come with weights from elsewhere, too. pretrained: start from timm's weights (fetched by timm).
    attention_width: of the gated attention. dropout: share of the pooled features dropped in training.
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
        _expect_nothing_to_fetch(backbone, backbone_options or {})
        network = timm.create_model(
            backbone, pretrained=pretrained, in_chans=len(MODALITIES), num_classes=0, **(backbone_options or {})
        )
        self.backbone = cast(Backbone, network)
        features = self.backbone.head_hidden_size
        self.middle, channels = _fine_enough(self.backbone.feature_info)
        self.regions = RegionScores(channels)
        self.pooling = GatedAttentionPooling(features, attention_width)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(features + RegionScores.pooled_size, len(GRADES))

    def forward(self, x: Tensor, present: Tensor) -> Tensor:
        return self.grade_and_auxiliary(x, present)[0]

    def grade_and_auxiliary(self, x: Tensor, present: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """Logits [B, 2] and region logits [B, 3, D, h, w], the target of the auxiliary loss in training."""
        middle, rows, allowed = self._encode(masked(x, present))
        regions = self.regions(middle)
        evidence = torch.cat([self.dropout(self.pooling(rows, allowed)), RegionScores.pooled(regions)], dim=1)
        return self.head(evidence), {"regions": regions}

    def attention_maps(self, x: Tensor, present: Tensor) -> dict[str, AttentionReading]:
        """How much each slice counted: one reading for all modalities."""
        _, rows, allowed = self._encode(masked(x, present))
        weights = self.pooling.weights(rows, allowed)
        return dict.fromkeys(MODALITIES, AttentionReading(slices=weights, slice_effect=torch.ones(len(x))))

    def _encode(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Maps of each slice [B, C, D, h, w], its features [B, D, F], and which slices show brain, [B, D]."""
        depth = x.shape[2]
        last, (middle,) = self.backbone.forward_intermediates(x.transpose(1, 2).flatten(0, 1), indices=[self.middle])
        rows = self.backbone.forward_head(last)
        middle = middle.unflatten(0, (-1, depth)).transpose(1, 2)
        return middle, rows.unflatten(0, (-1, depth)), slices_with_brain(x, depth)


def _expect_nothing_to_fetch(backbone: str, options: Mapping[str, Any]) -> None:
    if not timm.is_model(backbone):
        raise ValueError(f"backbone: expected a name that timm.list_models() knows; found {backbone!r}.")
    for name, value in options.items():
        numbers = value if isinstance(value, list | tuple) else [value]
        if not all(isinstance(number, int | float) for number in numbers):
            raise ValueError(f"backbone_options: {name}: expected numbers; found {value!r}.")


def _fine_enough(stages: Sequence[Mapping[str, Any]]) -> tuple[int, int]:
    """The last of a backbone's stages whose cells are fine enough to outline a tumour: its index and channels."""
    fine = [index for index, stage in enumerate(stages) if stage["reduction"] <= MAX_REDUCTION]
    index = fine[-1] if fine else 0
    return index, stages[index]["num_chs"]
