"""The order in which modalities join a cumulative training, by how well each grades alone on the validation cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import pairwise

from zoo import MODALITIES, Phase
from zoo.types import RegisteredModel

Alone = Callable[[], Mapping[str, float]]
"""Validation AUC of each modality's own single encoder; called only where an order has to be found."""
Adapt = Callable[[RegisteredModel, Alone], RegisteredModel]
"""How a model is fitted to a split before it is trained: from the spec and what the validation cases say."""


def descending_auc_order(spec: RegisteredModel, alone: Alone) -> RegisteredModel:
    """Let secondaries join in descending order of their own performance, as in the paper (arXiv 2401.09029)."""
    return _joined_by(spec, alone, descending=True)


def best_joins_last(spec: RegisteredModel, alone: Alone) -> RegisteredModel:
    """Let secondaries join in ascending order of their own performance, the control."""
    return _joined_by(spec, alone, descending=False)


def best_is_primary(spec: RegisteredModel, alone: Alone) -> RegisteredModel:
    """Let the modality that grades best alone guide the others, which join in descending order."""
    assert spec.vary is not None
    ranked = _ranked(alone(), MODALITIES, descending=True)
    return descending_auc_order(spec.vary(primary=ranked[0], secondaries=tuple(ranked[1:])), alone)


def as_given(spec: RegisteredModel, alone: Alone) -> RegisteredModel:
    return spec


def _joined_by(spec: RegisteredModel, alone: Alone, descending: bool) -> RegisteredModel:
    """Replace the newcomers of phases; a training in which at most one modality joins stays as it is."""
    newcomers = joining(spec.phases)
    if len(newcomers) < 2:
        return spec
    ranked = _ranked(alone(), newcomers, descending)
    first, *later = spec.phases
    phases = [
        replace(phase, name=f"{name} joins", modalities=(*first.modalities, *ranked[: count + 1]))
        for count, (phase, name) in enumerate(zip(later, ranked, strict=True))
    ]
    return replace(spec, phases=(first, *phases))


def joining(phases: tuple[Phase, ...]) -> tuple[str, ...]:
    """The modality that each later phase adds; empty unless each adds just one to those before."""
    added = [[name for name in after.modalities if name not in before.modalities] for before, after in pairwise(phases)]
    return tuple(names[0] for names in added) if all(len(names) == 1 for names in added) else ()


def _ranked(alone: Mapping[str, float], names: tuple[str, ...], descending: bool) -> list[str]:
    """Rank modalities by performance; equals stay in the order of `names`."""
    return sorted(names, key=lambda name: -alone[name] if descending else alone[name])
