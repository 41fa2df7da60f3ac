"""What is published, made ready before the first of it is pushed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from zoo import WeightsError
from zoo.registry import load_registry
from zoo.types import RegisteredModel
from zoo.weights.load import load_weights
from zoo.weights.metadata import spec_of

from .figures import evidence_of
from .model_folder import Publication


def publications_of(wanted: Sequence[tuple[RegisteredModel, str]], results: Path, licence: str) -> list[Publication]:
    """Load each model with its evidence from `results`, for the repository named beside it."""
    models = [(load_weights(spec), repo) for spec, repo in wanted]
    return [Publication(model, evidence_of(model, results), repo, licence) for model, repo in models]


def trained_specs() -> list[RegisteredModel]:
    """All models of the zoo that have weights."""
    return [spec for spec in load_registry().models.values() if spec.is_trained]


def spec_with_weights(model_id: str, weights: Path | None) -> RegisteredModel:
    """The model with its own weights, or those of a file; `WeightsError` where that holds another model's."""
    registry = load_registry()
    spec = registry.model(model_id)
    if weights is None:
        return spec
    found = spec_of(weights, registry.model)
    if found.id != spec.id:
        raise WeightsError(f"{weights}: expected weights of {spec.id}, found those of {found.id}. Name the model so.")
    return found
