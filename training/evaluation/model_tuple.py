"""Trained models that tasks take along: to another process go their specs alone, and each is loaded there once."""

from __future__ import annotations

from collections.abc import Sequence

from zoo import WeightsError
from zoo.types import RegisteredModel
from zoo.weights.load import TrainedModel, load_weights

from ..jobs.device import best_device

LOADED: dict[tuple[str, str], TrainedModel] = {}
"""What this process has loaded, by model and revision."""


class ModelTuple(tuple[TrainedModel, ...]):
    """Trained models whose weights lie in files: 74 MB of modules in each of many tasks would be copied around."""

    def __reduce__(self) -> tuple[object, ...]:
        return _loaded, ([(model.spec, model.revision) for model in self],)


def _loaded(models: Sequence[tuple[RegisteredModel, str]]) -> ModelTuple:
    return ModelTuple(_load(spec, revision) for spec, revision in models)


def _load(spec: RegisteredModel, revision: str) -> TrainedModel:
    """Load a model once. Raises `WeightsError` where its file is another meanwhile."""
    if (spec.id, revision) not in LOADED:
        model = load_weights(spec, str(best_device()))
        if model.revision != revision:
            raise WeightsError(
                f"{spec.id}: expected the weights {revision}, found {model.revision}: the file was changed meanwhile. "
                "Start again."
            )
        LOADED[spec.id, revision] = model
    return LOADED[spec.id, revision]
