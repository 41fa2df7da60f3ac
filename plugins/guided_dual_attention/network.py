"""One RMC encoder a modality, dual attention on each, and a guide for the secondaries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Generic, NamedTuple, TypeVar, cast

import torch
from torch import Tensor, nn

from zoo import MODALITIES
from zoo.blocks import (
    GUIDANCE,
    NORMS,
    AttentionReading,
    DualAttention,
    Guidance,
    RegionScores,
    RMCEncoder,
    any_present,
    average,
    average_and_peak,
    enlarged,
    masked,
    slices_with_brain,
    tie_convolutions,
)

from .heads import HEADS
from .options import GuidedOptions

Block = TypeVar("Block", bound=nn.Module)


class GuidedDualAttention(nn.Module):
    """Model of Xu et al., arXiv 2401.09029, in the reading that its `GuidedOptions` say.

    An absent modality contributes zeros, so the primary alone (the paper's first stage) is the same module with only
    the primary present.
    """

    def __init__(self, options: GuidedOptions) -> None:
        super().__init__()
        self.options = options
        self.encoders = PerModality(options.modalities, lambda: _encoder(options))
        first = self.encoders[options.primary]
        tie_convolutions([self.encoders[name] for name in options.modalities], _shared_stages(options, first))
        self.attention = PerModality(options.modalities, lambda: _attention(options, first.out_channels))
        guided = options.secondaries if options.guidance != "none" else ()
        self.guidance = PerModality(guided, lambda: _guidance(options, first))
        self.donor = Donor(first.out_channels, options.donor_grid) if options.guidance_source == "shuffled" else None
        scored = options.evidence == "regions"
        self.regions = RegionScores(first.middle_channels * len(options.modalities)) if scored else None
        self.pool = average_and_peak if scored else average
        self.dropout = nn.Dropout(options.dropout)
        pooled = first.out_channels * (2 if scored else 1)
        self.head = HEADS[options.head](len(options.modalities), pooled, RegionScores.pooled_size if scored else 0)

    def forward(self, x: Tensor, present: Tensor) -> Tensor:
        return self.grade_and_auxiliary(x, present)[0]

    def grade_and_auxiliary(self, x: Tensor, present: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """Logits [B, 2] and, for the auxiliary loss in training, region logits [B, 3, D, h, w] where there are any."""
        encoded = {one.name: one for one in self._encode(x, present)}
        names = self.options.modalities
        some = encoded[self.options.primary]
        highs = [encoded[name].attended if name in encoded else torch.zeros_like(some.attended) for name in names]
        pooled = self.dropout(torch.stack([self.pool(high) for high in highs], dim=1))
        here = present[:, [MODALITIES.index(name) for name in names]]
        if self.regions is None:
            return self.head(pooled, pooled.new_zeros(len(x), 0), here), {}
        middles = [encoded[name].middle if name in encoded else torch.zeros_like(some.middle) for name in names]
        regions = self.regions(torch.cat(middles, dim=1))
        return self.head(pooled, RegionScores.pooled(regions), here), {"regions": regions}

    def attention_maps(self, x: Tensor, present: Tensor) -> dict[str, AttentionReading]:
        """Read what attention looked at, for each modality of the batch, on the grid of its features."""
        return {one.name: self.attention[one.name].read(one.high, one.slices) for one in self._encode(x, present)}

    def _encode(self, x: Tensor, present: Tensor) -> Iterator[Encoded]:
        """Encode the primary, then the secondaries that any study of the batch has."""
        x = masked(x, present)
        guides: dict[str, Tensor] = {}
        for name in (self.options.primary, *self.options.secondaries):
            index = MODALITIES.index(name)
            here = present[:, index : index + 1]
            if name != self.options.primary and not any_present(here):
                continue
            scan = x[:, index : index + 1]
            low = self.encoders[name].low(scan)
            if name in self.guidance:
                low = self.guidance[name](low, self._guide(name, low, scan, guides, present))
            middle, high = self.encoders[name].high(low)
            slices = slices_with_brain(scan, high.shape[2])
            attended = masked(self.attention[name](high, slices), here)
            donor = self.donor if name == self.options.primary else None
            guides[name] = attended if donor is None else donor(attended)
            yield Encoded(name, masked(middle, here), high, slices, attended)

    def _guide(self, name: str, low: Tensor, scan: Tensor, guides: dict[str, Tensor], present: Tensor) -> Tensor:
        """The features that guide a secondary, by `guidance_source`."""
        source = self.options.guidance_source
        if source == "self":
            high = self.encoders[name].high(low)[1]
            return self.attention[name](high, slices_with_brain(scan, high.shape[2]))
        if source == "accumulated":
            before = present[:, [MODALITIES.index(other) for other in guides]].sum(dim=1).clamp(min=1)
            return torch.stack(list(guides.values())).sum(dim=0) / before[:, None, None, None, None]
        return guides[self.options.primary]


class PerModality(nn.ModuleDict, Generic[Block]):
    """One block of the same kind for each modality, by its name."""

    def __init__(self, names: Iterable[str], make: Callable[[], Block]) -> None:
        super().__init__({name: make() for name in names})

    def __getitem__(self, name: str) -> Block:
        return cast(Block, super().__getitem__(name))


class Encoded(NamedTuple):
    """One modality's features: of layer2, of layer4 before and after attention, and which slices show brain.

    middle and attended are zero in studies that lack the modality.
    """

    name: str
    middle: Tensor
    high: Tensor
    slices: Tensor
    attended: Tensor


class Donor(nn.Module):
    """Another patient's features in place of one's own: the control that guides by no information.

    In training each study gets those of its neighbour in the (shuffled) batch. One donor is kept with the weights, and
    guides every study that is graded later.
    """

    features: Tensor

    def __init__(self, channels: int, grid: tuple[int, int, int]) -> None:
        super().__init__()
        self.register_buffer("features", torch.zeros(1, channels, *grid))

    def forward(self, own: Tensor) -> Tensor:
        """Return another's features for own, [B, C, D, h, w], or the kept donor's, which have a grid of their own."""
        if not self.training:
            return self.features.expand(len(own), -1, -1, -1, -1)
        others = own.roll(1, dims=0) if len(own) > 1 else self.features.clone()
        self.features.copy_(enlarged(own[:1].detach(), self.features.shape[2:]))
        return others


def _encoder(options: GuidedOptions) -> RMCEncoder:
    return RMCEncoder(1, options.width, options.blocks, options.slice_stride, NORMS[options.norm], options.lfe_split)


def _attention(options: GuidedOptions, channels: int) -> DualAttention:
    return DualAttention(channels, options.attention, options.slice_similarity, options.spatial, options.combine)


def _guidance(options: GuidedOptions, encoder: RMCEncoder) -> Guidance:
    return GUIDANCE[options.guidance](encoder.out_channels, encoder.low_channels, NORMS[options.norm])


def _shared_stages(options: GuidedOptions, encoder: RMCEncoder) -> tuple[str, ...]:
    behind = encoder.STAGES[len(encoder.low_stages) :]
    return {"none": (), "high": behind, "all": encoder.STAGES}[options.share_encoders]
