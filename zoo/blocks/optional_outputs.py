"""What a model's module may offer beside `forward(x, present) -> logits`: offer a method, and whoever can use it does.

In all of them x is float32 [B, 4, D, H, W], absent modalities 0, and present bool [B, 4]; logits are float [B, 2] in
the order LGG, HGG. `isinstance(module, SupportsAttention)` says whether a module offers it, `python -m zoo check`
whether what it offers fits.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from torch import Tensor

from zoo.blocks.attention import AttentionReading
from zoo.blocks.heads import LogisticHead

REGIONS_OUTPUT = "regions"
"""Name of the auxiliary output that training fits to tumour masks: region logits [B, 3, D', H', W'] in the order of
`zoo.blocks.REGIONS`, on whatever grid (`zoo.blocks.RegionScores` makes them)."""
AUXILIARY_OUTPUTS = (REGIONS_OUTPUT,)
"""All that training fits beside the grade; `python -m zoo check` refuses any other name, which nothing would train."""


@runtime_checkable
class SupportsAuxiliary(Protocol):
    """A module that gives training more to fit than the grade."""

    def grade_and_auxiliary(self, x: Tensor, present: Tensor) -> tuple[Tensor, Mapping[str, Tensor]]:
        """Return the logits that `forward` returns, and auxiliary outputs by their names in `AUXILIARY_OUTPUTS`."""
        ...


@runtime_checkable
class SupportsRegions(Protocol):
    """A module that finds tumour regions alone, as phases of patches need it to."""

    def region_logits(self, x: Tensor, present: Tensor) -> Tensor:
        """Return the same [B, 3, D', H', W'] as the auxiliary output "regions", of whole studies or of patches."""
        ...


@runtime_checkable
class SupportsAttention(Protocol):
    """A module whose own attention can be read, as explainers do; `ModelSpec.attention` says what of it."""

    def attention_maps(self, x: Tensor, present: Tensor) -> Mapping[str, AttentionReading]:
        """Return a reading by modality ("t1", "t1ce", "t2", "flair"); a modality without attention may be left out."""
        ...


@runtime_checkable
class SupportsMeasurements(Protocol):
    """A module that is graded by a few measurements: training fits its `head` to them by logistic regression.

    head: takes K measurements [B, K] to logits.
    """

    if TYPE_CHECKING:  # from Python 3.12 on `isinstance` doesn't see submodules, so it must not ask for one
        head: LogisticHead

    def measurements(self, x: Tensor, present: Tensor) -> Tensor:
        """Return K measurements of each study, float [B, K]."""
        ...
