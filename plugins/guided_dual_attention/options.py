"""What can be chosen about the paper's model: each open question of its summary is a field."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal, get_args, get_type_hints

from zoo import MODALITIES, expect_one_of


@dataclass(frozen=True)
class GuidedOptions:
    """Options of the paper's model; defaults are its reading at full size. A value that isn't known is a `ValueError`.

    primary: the modality that guides the others.
    secondaries: those it guides, any subset, in the order in which they join in training.
    guidance: how a guide joins a secondary's low-level features: concatenated (the paper), added, as a gate, or not.
    guidance_source: whose high-level features guide. "primary" is the paper; "accumulated" is the mean over the
        primary and the secondaries before; "shuffled" (another patient's primary) and "self" (the secondary's own)
        are controls that tell information from capacity.
    attention: which branches of dual attention are there.
    spatial: what a spatial map spans: the positions of a slice, or the literal channel × height × width.
    slice_similarity: how slices are compared, see `SliceAttention`.
    combine: how the two branches come together, see `DualAttention`.
    share_encoders: convolutions shared between modalities: none, those behind the guidance, or all; normalisation
        layers stay each modality's own.
    head: logits from concatenated features, from their sum, or as the mean of one linear head a modality.
    evidence: "average" pools each feature map as the paper does; "regions" adds its maximum, and the pooled scores of
        a coarse tumour segmentation that is learned from masks.
    lfe_split: last stage of the low-level feature extractor, where guidance comes in.
    missing: what a study may lack: nothing, secondaries, or any modality (then trained with modality dropout).
    width, blocks, slice_stride, norm: the encoders, see `RMCEncoder`.
    dropout: share of the pooled features dropped in training.
    donor_grid: grid [D, h, w] of the encoder's output at the recipe's shape; the shuffled control keeps one donor's
        features with the weights, so that a single study can be graded.
    """

    primary: Literal["t1", "t1ce", "t2", "flair"] = "t1ce"
    secondaries: tuple[str, ...] = ("t1", "t2", "flair")
    guidance: Literal["concat", "add", "gate", "none"] = "concat"
    guidance_source: Literal["primary", "accumulated", "shuffled", "self"] = "primary"
    attention: Literal["dual", "slice", "spatial", "none"] = "dual"
    spatial: Literal["hw", "chw"] = "hw"
    slice_similarity: Literal["cosine", "scaled", "danet"] = "cosine"
    combine: Literal["sum", "concat", "sequential"] = "sum"
    share_encoders: Literal["none", "high", "all"] = "none"
    head: Literal["concat", "sum", "mean"] = "concat"
    evidence: Literal["average", "regions"] = "average"
    lfe_split: Literal["stem", "layer1", "layer2"] = "layer1"
    missing: Literal["none", "secondaries", "any"] = "secondaries"
    width: int = 64
    blocks: int = 2
    slice_stride: int = 1
    norm: Literal["group", "batch"] = "batch"
    dropout: float = 0.2
    donor_grid: tuple[int, int, int] = (64, 8, 8)

    def __post_init__(self) -> None:
        hints = get_type_hints(GuidedOptions)
        for field in fields(self):
            if known := get_args(hints[field.name]) if "Literal" in field.type else ():
                expect_one_of(known, getattr(self, field.name), field.name)
        if isinstance(self.secondaries, str):
            raise ValueError(f"secondaries: expected names, found one text, {self.secondaries!r}; end it with a comma.")
        for name in self.secondaries:
            expect_one_of([other for other in MODALITIES if other != self.primary], name, "secondaries")
        if len(set(self.secondaries)) < len(self.secondaries):
            raise ValueError(f"secondaries: expected each once, found {', '.join(self.secondaries)}.")

    @property
    def modalities(self) -> tuple[str, ...]:
        """Modalities that the model uses, in the zoo's order."""
        return tuple(name for name in MODALITIES if name in (self.primary, *self.secondaries))
