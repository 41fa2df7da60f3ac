"""What the registry adds to what an author declares: whose it is, where its weights are from, what it is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import Path
from typing import Any

from zoo.types.constants import FILE_PREFIX
from zoo.types.explainer import ExplainerSpec
from zoo.types.model import ModelSpec


@dataclass(frozen=True)
class RegisteredModel(ModelSpec):
    """A model that can be found, loaded and trained: what its author declared, and what the registry knows of it.

    plugin: the name of the plugin that offers it. member_specs: the models that it is made of, in the order of
    `members`. source: where its weights are from, `hub:ORG/NAME@SHA` or `file:PATH`; "" for a model's own. made_for: id
    of the model that weights from such a source were made for. vary: as declared, but what it makes is registered too.
    """

    vary: Callable[..., RegisteredModel] | None = None
    plugin: str = ""
    member_specs: tuple[RegisteredModel, ...] = ()
    source: str = ""
    made_for: str = ""

    @classmethod
    def of(cls, spec: ModelSpec, plugin: str = "") -> RegisteredModel:
        """Register what an author declared, its members left for the registry to find; one registered already stays."""
        if isinstance(spec, cls):
            return replace(spec, plugin=plugin or spec.plugin)
        vary = partial(_varied, spec.vary, plugin) if spec.vary else None
        return cls(**_declared(spec, ModelSpec) | {"vary": vary}, plugin=plugin)

    @property
    def architecture(self) -> str:
        """The id of the model that weights must have been made for to fit this one."""
        return self.made_for or self.id

    @property
    def is_trained(self) -> bool:
        return not self.untrained_parts()

    @property
    def address(self) -> str:
        """What any process finds the model by: its source, or its id where it is the zoo's own."""
        return self.source or self.id

    @property
    def source_in_short(self) -> str:
        """The source in words for people: `hub:ORG/NAME@abc1234`, `file:NAME`, or "embedded"."""
        if self.source.startswith(FILE_PREFIX):
            return FILE_PREFIX + Path(self.source).name
        repository, at, revision = self.source.partition("@")
        return f"{repository}{at}{revision[:7]}" or "embedded"

    def untrained_parts(self) -> tuple[RegisteredModel, ...]:
        """What lacks weights, in the order in which to train it: members, then the model itself."""
        members = [part for member in self.member_specs for part in member.untrained_parts()]
        own = [] if self.weights is not None and self.weights.is_file() else [self]
        return (*members, *own)


@dataclass(frozen=True)
class RegisteredExplainer(ExplainerSpec):
    """An explainer that can be found: what its author declared, and the name of the plugin that offers it."""

    plugin: str = ""

    @classmethod
    def of(cls, spec: ExplainerSpec, plugin: str = "") -> RegisteredExplainer:
        """Register what an author declared."""
        return cls(**_declared(spec, ExplainerSpec), plugin=plugin)


def _declared(spec: ModelSpec | ExplainerSpec, kind: type[ModelSpec] | type[ExplainerSpec]) -> dict[str, Any]:
    return {field.name: getattr(spec, field.name) for field in fields(kind)}


def _varied(vary: Callable[..., ModelSpec], plugin: str, **options: Any) -> RegisteredModel:
    """A function of this module, so that specs can travel between processes."""
    return RegisteredModel.of(vary(**options), plugin)
