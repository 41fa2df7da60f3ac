"""What models are made from, in an order in which it can be trained: each before those that share it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from zoo import MODALITIES
from zoo.types import RegisteredModel
from zoo.types.roles import SINGLE_MODALITY_MODELS

from ..fit.modality_order import Adapt

Find = Callable[[str], RegisteredModel]
"""A model by its id."""


def donor_waves(models: Iterable[tuple[RegisteredModel, Adapt]], find: Find) -> Iterator[list[RegisteredModel]]:
    """Order donors of encoders, members and judges of modalities: those that need no other first, none twice.

    models: each with how it is fitted to a split, which may ask how well modalities grade alone.
    """
    left: dict[str, RegisteredModel] = {}
    for spec, adapt in models:
        _gather(_made_from(spec, adapt, find), find, left)
    return in_waves(left.values())


def in_waves(models: Iterable[RegisteredModel]) -> Iterator[list[RegisteredModel]]:
    """Yield those of the models that need none of the others, then those that need these alone, and so on."""
    left = list(models)
    while left:
        waiting = {spec.id for spec in left}
        ready = [spec for spec in left if waiting.isdisjoint((*spec.encoders_from.values(), *spec.members))]
        yield ready
        left = [spec for spec in left if spec not in ready]


def _made_from(spec: RegisteredModel, adapt: Adapt, find: Find) -> list[RegisteredModel]:
    """The models that must be trained before a model can be."""
    asked: list[RegisteredModel] = []

    def alone() -> dict[str, float]:
        asked.extend(find(judge) for judge in SINGLE_MODALITY_MODELS.values())
        return dict.fromkeys(MODALITIES, 0.5)

    return [*_parts(adapt(spec, alone), find), *asked]


def _parts(spec: RegisteredModel, find: Find) -> list[RegisteredModel]:
    return [*map(find, spec.encoders_from.values()), *spec.member_specs]


def _gather(specs: Iterable[RegisteredModel], find: Find, into: dict[str, RegisteredModel]) -> None:
    for spec in specs:
        if spec.id not in into:
            into[spec.id] = spec
            _gather(_parts(spec, find), find, into)
