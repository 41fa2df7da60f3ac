"""An explainer as cheap data, what it is asked, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from zoo.types.constants import Progress
from zoo.types.model import ModelSpec

if TYPE_CHECKING:
    from torch import Tensor, nn


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
        """Where the brain is, bool [1, 1, D, H, W]: where some present modality lies above its background."""
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

    def passes(self, spec: ModelSpec) -> float:
        """Forward passes that it takes of this model, roughly."""
        return self.cost_of(spec) if self.cost_of else self.cost
