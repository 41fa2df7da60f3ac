"""Dual attention: each slice looks at all slices, each position at all positions."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional

from zoo.errors import expect_one_of


@dataclass(frozen=True)
class AttentionReading:
    """How one modality's attention was spread, and how much it mattered; None where the model has no such branch.

    slices: [B, D], sums to 1: how much each slice was looked at. positions: [B, D, h, w], sums to 1 in each slice.
    slice_effect, position_effect: [B], size of what was added against size of what came in (β‖A·X‖ / ‖X‖).
    features: [B, C, D, h, w] that attention looked at, which tell where their cells lie in the input; without them
    cells are taken as evenly spread over it.
    """

    slices: Tensor | None = None
    slice_effect: Tensor | None = None
    positions: Tensor | None = None
    position_effect: Tensor | None = None
    features: Tensor | None = None


class SliceAttention(nn.Module):
    """Each slice looks at all slices: returns β·A·X, with A row-stochastic [D, D] and β starting at 0.

    similarity "cosine" (default): slices are centred and compared by cosine at a learned temperature.
    "scaled": dot products divided by the square root of their length. "danet": Fu et al. 2019 to the letter,
    softmax(max E − E), which saturates at this size and is kept for the ablation.
    The similarity is computed in float32: it overflows half precision.
    """

    SIMILARITIES = ("cosine", "scaled", "danet")

    def __init__(self, similarity: str = "cosine") -> None:
        super().__init__()
        self.similarity = expect_one_of(self.SIMILARITIES, similarity, "slice similarity")
        self.beta = nn.Parameter(torch.zeros(()))
        self.log_temperature = nn.Parameter(torch.tensor(2.0)) if similarity == "cosine" else None

    def attention(self, x: Tensor, slices: Tensor | None = None) -> Tensor:
        """A [B, D, D] for x [B, C, D, h, w]; slices: bool [B, D], which slices may be looked at."""
        with _full_precision(x):
            scores = self._scores(x.float().transpose(1, 2).flatten(2))
            if slices is not None:
                scores = scores.masked_fill(~slices[:, None, :], torch.finfo(scores.dtype).min)
            return scores.softmax(dim=-1)

    def _scores(self, rows: Tensor) -> Tensor:
        if self.log_temperature is not None:
            rows = functional.normalize(rows - rows.mean(dim=1, keepdim=True), dim=-1)
            return self.log_temperature.exp() * rows @ rows.mT
        energy = rows @ rows.mT
        return energy / rows.shape[-1] ** 0.5 if self.similarity == "scaled" else energy.amax(-1, keepdim=True) - energy

    def forward(self, x: Tensor, slices: Tensor | None = None) -> Tensor:
        rows = x.transpose(1, 2).flatten(2)
        attended = self.attention(x, slices).to(rows.dtype) @ rows
        return self.beta * attended.unflatten(2, (x.shape[1], *x.shape[3:])).transpose(1, 2)

    def looked_at(self, x: Tensor, slices: Tensor | None = None) -> Tensor:
        """How much each slice is looked at, [B, D]: the column mean of A."""
        return self.attention(x, slices).mean(dim=1)


class SpatialAttention(nn.Module):
    """Position attention within each slice (DANet, Fu et al. 2019): γ·V·Aᵀ with A row-stochastic [h·w, h·w]."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.query = nn.Conv3d(channels, max(1, channels // 8), 1)
        self.key = nn.Conv3d(channels, max(1, channels // 8), 1)
        self.value = nn.Conv3d(channels, channels, 1)
        self.gamma = nn.Parameter(torch.zeros(()))

    def attention(self, x: Tensor) -> Tensor:
        """A [B, D, h·w, h·w]."""
        query, key = _slice_positions(self.query(x)), _slice_positions(self.key(x))
        return (query @ key.mT).softmax(dim=-1)

    def forward(self, x: Tensor) -> Tensor:
        attended = self.attention(x) @ _slice_positions(self.value(x))
        return self.gamma * attended.unflatten(2, x.shape[3:]).permute(0, 4, 1, 2, 3)

    def looked_at(self, x: Tensor) -> Tensor:
        """How much each position of a slice is looked at, [B, D, h, w]: the column mean of A."""
        return self.attention(x).mean(dim=2).unflatten(2, x.shape[3:])


class VolumeAttention(nn.Module):
    """The other reading of "spatial": one map over channel × height × width, a position's values over the slices.

    The mirror image of `SliceAttention`: its rows are [C·h·w] long and D of them, here D long and C·h·w of them. At
    512·8·8 positions the map would take 4 GiB, so attention works on 8 channels, 1×1×1 convolutions around it.
    """

    CHANNELS = 8

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.reduce = nn.Conv3d(channels, self.CHANNELS, 1)
        self.expand = nn.Conv3d(self.CHANNELS, channels, 1)
        self.gamma = nn.Parameter(torch.zeros(()))

    def attention(self, reduced: Tensor) -> Tensor:
        """A [B, 8·h·w, 8·h·w] for reduced [B, 8, D, h, w]; dot products over D, scaled, in float32."""
        with _full_precision(reduced):
            rows = self._rows(reduced.float())
            return (rows @ rows.mT / rows.shape[-1] ** 0.5).softmax(dim=-1)

    @staticmethod
    def _rows(reduced: Tensor) -> Tensor:
        return reduced.transpose(1, 2).flatten(2).mT

    def forward(self, x: Tensor) -> Tensor:
        reduced = self.reduce(x)
        rows = self._rows(reduced)
        attended = (self.attention(reduced).to(rows.dtype) @ rows).mT
        return self.gamma * self.expand(attended.unflatten(2, (self.CHANNELS, *x.shape[3:])).transpose(1, 2))

    def looked_at(self, x: Tensor) -> Tensor:
        """How much each position is looked at, [B, D, h, w]: the column mean of A over all channels, in each slice."""
        received = self.attention(self.reduce(x)).mean(dim=1).unflatten(1, (self.CHANNELS, *x.shape[3:]))
        return received.sum(dim=1)[:, None].expand(-1, x.shape[2], -1, -1)


def _full_precision(x: Tensor) -> AbstractContextManager:
    """Keep autocast from turning matrix products back to half precision; the meta device knows no autocast."""
    return nullcontext() if x.is_meta else torch.autocast(x.device.type, enabled=False)


def _slice_positions(x: Tensor) -> Tensor:
    """List the positions of each slice: [B, C, D, h, w] -> [B, D, h·w, C]."""
    return x.permute(0, 2, 3, 4, 1).flatten(2, 3)


class DualAttention(nn.Module):
    """Attention over slices and over positions, added to what comes in; at the start what comes in goes out.

    kind: "dual", "slice", "spatial" or "none". spatial: "hw" (positions of a slice) or "chw" (the literal reading).
    combine: "sum" of both, "concat" of both brought back by a 1×1×1 convolution, or "sequential", slices first.
    """

    KINDS = ("dual", "slice", "spatial", "none")
    SPATIAL: ClassVar[dict[str, type[SpatialAttention] | type[VolumeAttention]]] = {
        "hw": SpatialAttention,
        "chw": VolumeAttention,
    }
    COMBINATIONS = ("sum", "concat", "sequential")

    def __init__(
        self,
        channels: int,
        kind: str = "dual",
        slice_similarity: str = "cosine",
        spatial: str = "hw",
        combine: str = "sum",
    ) -> None:
        super().__init__()
        expect_one_of(self.KINDS, kind, "attention")
        expect_one_of(self.SPATIAL, spatial, "spatial attention")
        self.combine = expect_one_of(self.COMBINATIONS, combine, "combination of attentions")
        self.slice = SliceAttention(slice_similarity) if kind in ("dual", "slice") else None
        self.spatial = self.SPATIAL[spatial](channels) if kind in ("dual", "spatial") else None
        self.merge = _averaging(channels) if combine == "concat" and kind == "dual" else None

    def forward(self, x: Tensor, slices: Tensor | None = None) -> Tensor:
        by_slice = x if self.slice is None else x + self.slice(x, slices)
        if self.spatial is None:
            return by_slice
        by_position = self.spatial(by_slice if self.combine == "sequential" else x)
        if self.merge is not None:
            return self.merge(torch.cat([by_slice, x + by_position], dim=1))
        return by_slice + by_position

    def read(self, x: Tensor, slices: Tensor | None = None) -> AttentionReading:
        """How attention is spread over x, for viewing."""
        reading: dict[str, Tensor] = {"features": x}
        if self.slice is not None:
            added = self.slice(x, slices)
            reading |= {"slices": self.slice.looked_at(x, slices), "slice_effect": _effect(added, x)}
            x = x + added if self.combine == "sequential" else x
        if self.spatial is not None:
            reading |= {"positions": self.spatial.looked_at(x), "position_effect": _effect(self.spatial(x), x)}
        return AttentionReading(**reading)


def _effect(added: Tensor, x: Tensor) -> Tensor:
    """Size of what attention adds against the size of x, [B]: a ratio of Euclidean norms."""
    return added.flatten(1).norm(dim=1) / x.flatten(1).norm(dim=1).clamp(min=1e-12)


def _averaging(channels: int) -> nn.Conv3d:
    """A 1×1×1 convolution over two concatenated maps that starts as their mean."""
    merge = nn.Conv3d(2 * channels, channels, 1, bias=False)
    half = torch.eye(channels) / 2
    with torch.no_grad():
        merge.weight[:, :, 0, 0, 0] = torch.cat([half, half], dim=1)
    return merge
