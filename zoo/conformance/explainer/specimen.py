"""An explainer under examination: the models that it suits, what it is asked about them, and what it answers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from functools import cached_property

from torch import Tensor

from zoo.conformance.explainer.tiny_models import tiny_models
from zoo.conformance.specimen import Shape, Specimen, present
from zoo.types import MODALITIES, Attribution, ExplainerSpec, ModelSpec, Question, RegisteredModel

EXPLAINED_SHAPE = (8, 36, 32)


@dataclass(frozen=True)
class Answer:
    """What it says of a model. progress: the fractions and texts that it told, in order. changed: what is no longer as
    it was."""

    model: ModelSpec
    attribution: Attribution
    progress: list[tuple[float, str]]
    changed: list[str]


@dataclass
class ExplainerSpecimen:
    """An explainer under check. zoo: the models that it may be asked about. shape: [D, H, W] of the studies it is tried
    on."""

    spec: ExplainerSpec
    zoo: tuple[ModelSpec, ...]
    shape: Shape
    candidates: tuple[ModelSpec, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.candidates = (*tiny_models(), *self.zoo)

    @property
    def suitable(self) -> list[ModelSpec]:
        """The models that the explainer says it can explain."""
        return [model for model in self.candidates if self.spec.suits(model)]

    @cached_property
    def models(self) -> list[Specimen]:
        """The tiny ones that it suits; where there is none, the first of the zoo's."""
        tiny = [model for model in self.suitable if model not in self.zoo]
        return [self._specimen(model) for model in tiny or self.suitable[:1]]

    def _specimen(self, model: ModelSpec) -> Specimen:
        """A model with its module as explainers get it: no gradients of its weights."""
        small = replace(RegisteredModel.of(model), recipe=replace(model.recipe, shape=self.shape))
        specimen = Specimen(small, self.shape)
        specimen.module.requires_grad_(False)
        return specimen

    @cached_property
    def answers(self) -> list[Answer]:
        """One a model, about a complete study."""
        return [self._answer(model) for model in self.models]

    def _answer(self, model: Specimen) -> Answer:
        question, progress = self.question(model), []
        before = _state(question)
        attribution = self.spec.explain(question, lambda fraction, text: progress.append((fraction, text)))
        after = _state(question)
        changed = [name for name, value in before.items() if after[name] != value]
        return Answer(model.spec, attribution, progress, changed)

    def question(self, model: Specimen, names: Collection[str] = MODALITIES) -> Question:
        """Ask about a study that has the modalities `names`; the others are 0."""
        here = present(names)
        return Question(model.module, model.spec, model.studies() * here[:, :, None, None, None], here)


def _state(question: Question) -> dict[str, object]:
    """What an explainer must leave as it finds it, by name, so that two states can be compared."""
    parts = list(question.module.modules())
    return {
        "x": _content(question.x),
        "x.requires_grad": question.x.requires_grad,
        "present": _content(question.present),
        "the model's weights": [_content(value) for value in question.module.state_dict().values()],
        "the model's mode": [part.training for part in parts],
        "the model's hooks": [
            len(part._forward_hooks) + len(part._forward_pre_hooks) + len(part._backward_hooks) for part in parts
        ],
    }


def _content(tensor: Tensor) -> bytes:
    return tensor.detach().cpu().numpy().tobytes()
