"""The nouns of the pipeline: frozen dataclasses that flow from upload to explained grade.

Array shapes are given in the order they are indexed. Study space is the grid of the scans as stored ([x, y, z], any
orientation); model space is [D, H, W]: slices from inferior to superior, rows from posterior to anterior, columns from
left to right, axis-aligned with the world (RAS+ millimetres of the NIfTI affine).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    from torch import Tensor, nn

MODALITIES = ("t1", "t1ce", "t2", "flair")
MODALITY_TITLES = {"t1": "T1", "t1ce": "T1ce", "t2": "T2", "flair": "FLAIR"}
GRADES = ("LGG", "HGG")
FILE_PREFIX = "file:"
"""Begins the source of a model whose weights are a file on this machine."""
DISCLAIMER = "Research demonstration, not a medical device."
DEFAULT_EXPLAINER = "hires-cam"
"""Of the quick ones the most faithful on simulated studies: training/README.md, Explanations."""
SHAPLEY_EXPLAINER = "modality-shapley"

Progress = Callable[[float, str], None]
"""Called with the fraction done (0 to 1) and what is being done; raises `Cancelled` when the user asked to stop."""


@dataclass(frozen=True)
class Study:
    """One patient's scans at one time point: the files of any non-empty subset of the modalities."""

    id: str
    paths: Mapping[str, Path]


@dataclass(frozen=True)
class Finding:
    """What a check noticed: a warning is shown beside the grade, a refusal takes its place."""

    severity: Literal["warning", "refusal"]
    message: str


@dataclass(frozen=True)
class Volumes:
    """A study in memory.

    data: float32 [4, x, y, z] in the order of MODALITIES, intensities as stored; zeros where a modality is absent.
    present: bool [4].
    affine: float64 [4, 4], voxel to world in mm.
    brain: bool [x, y, z], voxels that are not background in some modality.
    """

    id: str
    data: np.ndarray
    present: np.ndarray
    affine: np.ndarray
    brain: np.ndarray

    @property
    def modalities(self) -> tuple[str, ...]:
        return tuple(name for name, here in zip(MODALITIES, self.present, strict=True) if here)


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
    """One model of the zoo, as cheap data: nothing heavy is imported before `build(**options)` is called.

    The module that `build` returns keeps the contract `forward(x, present) -> logits`: x float32 [B, 4, D, H, W],
    present bool [B, 4], logits float [B, 2] in the order LGG, HGG. `python -m zoo check ID` says whether it does.
    It may offer more: `grade_and_auxiliary(x, present)`, its logits and {"regions": [B, 3, D', H', W']}, which training
    fits to tumour masks (`zoo.blocks.RegionScores`); `region_logits(x, present)`, these regions alone, for phases of
    patches; and `attention_maps(x, present)`, a `zoo.blocks.AttentionReading` by modality, for explainers of attention.

    needs: modalities without which the model refuses. uses: all modalities it can look at.
    options: arguments of `build`, kept with the weights. vary: makes the spec of the same model with other options,
    untrained.
    cam_layers: for each modality the dotted name of the submodule whose output a class-activation map reads.
    epochs_factor: the model's epochs are so many times those asked for; above 1 where one encoder learns what others
    learn in several.
    phases: how its training proceeds by gradient, if it does. Where its module offers `measurements(x, present)`
    [B, K], a logistic regression on them is fitted into its `head` (`zoo.blocks.LogisticHead`) after that.
    encoders_from: ids of models of one encoder, by the submodule that starts training as that model's `encoder`; these
    models are trained first, on the same studies.
    members: ids of models that this one is made of; `build(members=modules, **options)` gets them as modules whose
    logits are calibrated, which it keeps as `self.members`; all must share this one's recipe.
    differentiable: whether gradients reach the input. attention: what its `attention_maps` read, "slices", "positions".
    weights: file that holds, or will hold, its trained weights. source: where these are from, as `hub:ORG/NAME@SHA` or
    `file:PATH`; "" for a model's own. made_for: id of the model that weights from elsewhere were made for.
    plugin: who registered it. member_specs: the members themselves. Both are filled in by the registry.
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
    source: str = ""
    made_for: str = ""
    vary: Callable[..., ModelSpec] | None = None
    plugin: str = ""
    member_specs: tuple[ModelSpec, ...] = ()

    def __post_init__(self) -> None:
        """A spec that the page or the command line could not even list is refused where it is written."""
        unknown = [name for name in (*self.needs, *self.uses) if name not in MODALITIES]
        if unknown:
            raise ValueError(f"{self.id}: needs and uses: expected some of {', '.join(MODALITIES)}; found {unknown}.")
        if not isinstance(self.weights, Path | None):
            raise TypeError(f"{self.id}: weights: expected a pathlib.Path or None, found {self.weights!r}.")

    @property
    def is_trained(self) -> bool:
        return not self.untrained_parts()

    @property
    def address(self) -> str:
        """By what any process finds it: its source, or its id where it is the zoo's own."""
        return self.source or self.id

    @property
    def source_in_short(self) -> str:
        """For people: `hub:ORG/NAME@abc1234`, `file:NAME`, or "embedded"."""
        if self.source.startswith(FILE_PREFIX):
            return FILE_PREFIX + Path(self.source).name
        repository, at, revision = self.source.partition("@")
        return f"{repository}{at}{revision[:7]}" or "embedded"

    @property
    def encoders(self) -> int:
        """How many encode its modalities, as far as its `cam_layers` tell; while one changes, the others can rest."""
        return len(set(self.cam_layers.values())) or 1

    def untrained_parts(self) -> tuple[ModelSpec, ...]:
        """What lacks weights, in the order in which to train it: members, then the model itself."""
        members = [part for member in self.member_specs for part in member.untrained_parts()]
        own = [] if self.weights is not None and self.weights.is_file() else [self]
        return (*members, *own)


@dataclass(frozen=True)
class Question:
    """What an explainer is asked: why this module graded this study as it did.

    module: in evaluation mode. spec: the module's. x: float32 [1, 4, D, H, W], normalised: 0 is the level of white
    matter, `spec.recipe.clip[0]` what lies outside the brain. present: bool [1, 4].
    """

    module: nn.Module
    spec: ModelSpec
    x: Tensor
    present: Tensor

    @property
    def brain(self) -> Tensor:
        """Bool [1, 1, D, H, W]."""
        return (self.x[:, self.present[0]] > self.spec.recipe.clip[0]).any(dim=1, keepdim=True)

    @property
    def baseline(self) -> Tensor:
        """The same brain, all of it as bright as white matter: what "nothing to see" means where a map compares."""
        return self.x * ~self.brain

    def margin(self, x: Tensor) -> Tensor:
        """What is explained, [B]: logit(HGG) − logit(LGG) of x [B, 4, D, H, W] with the study's modalities present."""
        logits = self.module(x, self.present.expand(len(x), -1))
        return logits[:, 1] - logits[:, 0]


@dataclass(frozen=True)
class Attribution:
    """An explainer's answer, signed: positive speaks for HGG, negative for LGG.

    values: float32 [4, D, H, W] on the grid of the question's x, or [4], one number a modality: what the explainer's
    spec says it gives. facts: by name, what it says about itself, such as how far it is from adding up.
    """

    values: np.ndarray
    facts: Mapping[str, float] = field(default_factory=dict)


def any_model(spec: ModelSpec) -> bool:
    """What explainers suit that ask for nothing."""
    return True


@dataclass(frozen=True)
class ExplainerSpec:
    """One way to attribute a grade to voxels, or to modalities.

    explain(question, progress) -> Attribution. output: "voxels" or "modalities".
    cost: forward passes it takes, roughly; cost_of: the same for one model, where that differs. memory: its peak in
    those of a forward pass, roughly. suits: whether it can explain a model.
    All of it must travel between processes: functions, no lambdas.
    description: what its numbers tell. baseline: what they are told against, where they compare. format_diagnostics:
    the facts of an `Attribution` as sentences.
    """

    id: str
    title: str
    cost: float
    explain: Callable[[Question, Progress], Attribution]
    output: str = "voxels"
    memory: float = 1.0
    cost_of: Callable[[ModelSpec], float] | None = None
    suits: Callable[[ModelSpec], bool] = any_model
    description: str = ""
    baseline: str = ""
    format_diagnostics: Callable[[Mapping[str, float]], str] | None = None
    plugin: str = ""

    def passes(self, spec: ModelSpec) -> float:
        """Forward passes that it takes of this model, roughly."""
        return self.cost_of(spec) if self.cost_of else self.cost


@dataclass(frozen=True)
class Grade:
    """One model's answer on one study.

    p_hgg: probability of HGG, calibrated where `calibration` says so. calibration_error: expected calibration error on
    the cases held out when it was trained, None where nobody measured it.
    """

    study: str
    model: str
    grade: str
    p_hgg: float
    logit: float
    seconds: float
    warnings: tuple[str, ...]
    weights: str
    calibration: str
    trained_on: str
    calibration_error: float | None = None


@dataclass(frozen=True)
class Explanation:
    """Where in the study a model found its grade, or in which modality.

    values: float32 [4, D, H, W] in model space, one map a modality, or [4]; signed (positive speaks for HGG).
    affine: float64 [4, 4], model voxel (d, h, w) to world in mm. facts: see `Attribution`. seconds: that it took.
    """

    study: str
    model: str
    explainer: str
    values: np.ndarray
    affine: np.ndarray
    facts: Mapping[str, float] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def by_modality(self) -> dict[str, float]:
        """Of an explanation by modalities, the value of each."""
        return dict(zip(MODALITIES, self.values.tolist(), strict=True))


@dataclass(frozen=True)
class HeatMap:
    """An explanation on disk. path: 4-D NIfTI (x, y, z, modality). facts: see `Attribution`. seconds: that it took."""

    path: Path
    facts: Mapping[str, float]
    seconds: float
