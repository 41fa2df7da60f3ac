"""A model of the zoo as cheap data: what it sees, how it is built and trained, what a reader has to know of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from zoo.types.constants import MODALITIES

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class Recipe:
    """How a study becomes a model's input.

    shape: voxels [D, H, W]. spacing: mm along D, H, W. The box is centred on the brain.
    normalisation: "white-matter" divides each modality by its own level in one shared set of white-matter-like
    voxels and subtracts 1, so that white matter is 0, background −1, and T1ce − T1 keeps its meaning.
    clip: range after normalisation.
    """

    shape: tuple[int, int, int] = (40, 96, 80)
    spacing: tuple[float, float, float] = (4.0, 2.0, 2.0)
    normalisation: str = "white-matter"
    clip: tuple[float, float] = (-1.0, 4.0)

    def as_json(self) -> dict[str, Any]:
        return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}


@dataclass(frozen=True)
class ModelInput:
    """What a model sees.

    x: float32 [1, 4, D, H, W], absent modalities 0. present: bool [1, 4].
    affine: float64 [4, 4], from model voxel (d, h, w) to world in mm: the way back to study space.
    """

    x: np.ndarray
    present: np.ndarray
    affine: np.ndarray


@dataclass(frozen=True)
class Card:
    """What a reader has to know before believing a model (Hugging Face model-card sections, shortened)."""

    summary: str
    reference: str
    intended_use: str
    limits: str


@dataclass(frozen=True)
class Phase:
    """One stage of training: which modalities are shown, for how large a share of the epochs, and at which rates.

    share: of the model's epochs. Those of all phases add up to 1, or to less where encoders have learned before.
    rates: factor on the learning rate by prefix of the parameter's name (0 freezes); 1 where no prefix matches.
    modality_dropout: chance that a study's modality is hidden, so that any subset can be graded later; one stays.
    patches: only the regions are learned, from windows half as long along each axis, most of them around a tumour
    (as Isensee et al. 2021, nnU-Net, learn to segment); an epoch shows eight of each study.
    """

    name: str
    modalities: tuple[str, ...]
    share: float = 1.0
    rates: Mapping[str, float] = field(default_factory=dict)
    modality_dropout: float = 0.0
    patches: bool = False


@dataclass(frozen=True)
class ModelSpec:
    """One model as its author declares it; cheap data: nothing heavy is imported before `build(**options)` is called.

    `RegisteredModel` has what the registry adds.

    The module that `build` returns keeps the contract `forward(x, present) -> logits`: x float32 [B, 4, D, H, W],
    present bool [B, 4], logits float [B, 2] in the order LGG, HGG. `python -m zoo check ID` says whether it does.
    What more it may offer to training and to explainers is in `zoo.blocks.optional_outputs`.

    needs: modalities without which the model refuses. uses: all modalities it can look at.
    options: arguments of `build`, kept with the weights. vary: makes the spec of the same model with other options,
    untrained.
    cam_layers: for each modality the dotted name of the submodule whose output a class-activation map reads.
    epochs_factor: the model's epochs are so many times those asked for; above 1 where one encoder learns what others
    learn in several.
    phases: how its training proceeds by gradient, if it does. Where its module offers measurements
    (`zoo.blocks.SupportsMeasurements`), its head is fitted to them by logistic regression after that.
    encoders_from: ids of models of one encoder, by the submodule that starts training as that model's `encoder`; these
    models are trained first, on the same studies.
    members: ids of models that this one is made of; `build(members=modules, **options)` gets them as modules whose
    logits are calibrated, which it keeps as `self.members`; all must share this one's recipe.
    differentiable: whether gradients reach the input. attention: what its `attention_maps` read, "slices", "positions".
    weights: file that holds, or will hold, its trained weights.
    """

    id: str
    title: str
    family: str
    needs: tuple[str, ...]
    uses: tuple[str, ...]
    build: Callable[..., nn.Module]
    card: Card
    options: Mapping[str, Any] = field(default_factory=dict)
    recipe: Recipe = Recipe()
    cam_layers: Mapping[str, str] = field(default_factory=dict)
    phases: tuple[Phase, ...] = ()
    epochs_factor: float = 1.0
    encoders_from: Mapping[str, str] = field(default_factory=dict)
    members: tuple[str, ...] = ()
    differentiable: bool = True
    attention: tuple[str, ...] = ()
    weights: Path | None = None
    vary: Callable[..., ModelSpec] | None = None

    def __post_init__(self) -> None:
        """A spec that the page or the command line could not even list is refused where it is written."""
        unknown = [name for name in (*self.needs, *self.uses) if name not in MODALITIES]
        if unknown:
            raise ValueError(f"{self.id}: needs and uses: expected some of {', '.join(MODALITIES)}; found {unknown}.")
        if not isinstance(self.weights, Path | None):
            raise TypeError(f"{self.id}: weights: expected a pathlib.Path or None, found {self.weights!r}.")

    @property
    def architecture(self) -> str:
        """The id of the model that weights must have been made for to fit this one: its own."""
        return self.id

    @property
    def encoders(self) -> int:
        """How many encode its modalities, as far as its `cam_layers` tell; while one changes, the others can rest."""
        return len(set(self.cam_layers.values())) or 1
