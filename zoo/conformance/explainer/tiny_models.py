"""Models of three kinds, small enough that any explainer answers at once; together they offer all that one can read."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from zoo.blocks import AttentionReading, masked
from zoo.types import GRADES, MODALITIES, Card, ModelSpec

CHANNELS = 8
BRIGHT = 0.5


class AttentiveGrader(nn.Module):
    """One convolution, pooled by attention over slices and over the positions of each."""

    def __init__(self, modalities: Sequence[str]) -> None:
        super().__init__()
        self.seen = [MODALITIES.index(name) for name in modalities]
        convolution = nn.Conv3d(len(self.seen), CHANNELS, 3, stride=(1, 2, 2), padding=1)
        self.stage = nn.Sequential(convolution, nn.GroupNorm(4, CHANNELS), nn.ReLU())
        self.score = nn.Conv3d(CHANNELS, 1, 1)
        self.head = nn.Linear(CHANNELS, len(GRADES))

    def forward(self, x: Tensor, present: Tensor) -> Tensor:
        features = self._features(x, present)
        slices, positions = self._attention(features)
        return self.head((features * slices[:, None, :, None, None] * positions[:, None]).sum((2, 3, 4)))

    def attention_maps(self, x: Tensor, present: Tensor) -> dict[str, AttentionReading]:
        slices, positions = self._attention(self._features(x, present))
        effect = torch.ones(len(x), device=x.device)
        return {MODALITIES[index]: AttentionReading(slices, effect, positions, effect) for index in self.seen}

    def _features(self, x: Tensor, present: Tensor) -> Tensor:
        return self.stage(masked(x, present)[:, self.seen])

    def _attention(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Attention over slices [B, D], and over positions of a slice [B, D, h, w]; each adds up to 1."""
        scores = self.score(features)[:, 0]
        return scores.mean((2, 3)).softmax(1), scores.flatten(2).softmax(2).view_as(scores)


class ThresholdGrader(nn.Module):
    """How much of each modality is bright: there are no gradients, no layers and no attention to read."""

    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Linear(len(MODALITIES), len(GRADES))

    def forward(self, x: Tensor, present: Tensor) -> Tensor:
        return self.head((masked(x, present) > BRIGHT).float().mean((2, 3, 4)))


CARD = Card("Made to try explainers on.", "None.", "To be explained.", "Has learned nothing.")


def tiny_models() -> tuple[ModelSpec, ...]:
    """One that does without any modality, one that needs the only one it uses, and one without gradients."""
    return (
        _attentive("tiny-any", MODALITIES, needs=()),
        _attentive("tiny-t1ce", ("t1ce",), needs=("t1ce",)),
        ModelSpec("tiny-threshold", "Tiny", "test", (), MODALITIES, ThresholdGrader, CARD, differentiable=False),
    )


def _attentive(model_id: str, uses: tuple[str, ...], needs: tuple[str, ...]) -> ModelSpec:
    return ModelSpec(
        model_id,
        "Tiny",
        "test",
        needs,
        uses,
        AttentiveGrader,
        CARD,
        options={"modalities": list(uses)},
        cam_layers=dict.fromkeys(uses, "stage"),
        attention=("slices", "positions"),
    )
