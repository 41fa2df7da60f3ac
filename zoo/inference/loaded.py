"""What this process keeps: the registry, and models with their weights, the first of which loads torch."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from zoo.registry import Registry, load_registry
from zoo.types import RegisteredModel
from zoo.weights.external import add_requested, resolve_model

if TYPE_CHECKING:
    from zoo.weights.load import TrainedModel


@lru_cache(maxsize=1)
def registry() -> Registry:
    """The zoo as it is installed."""
    return load_registry()


@lru_cache(maxsize=1)
def requested_registry() -> Registry:
    """The same, once the models from elsewhere that the environment names have been fetched into it."""
    add_requested(registry())
    return registry()


def model(name: str) -> RegisteredModel:
    """Find a model by id; one from elsewhere by its source, so that a process that has never heard of it finds it."""
    return resolve_model(registry(), name)


def trained(name: str) -> TrainedModel:
    """Load a model with its weights, to be shared and left as it is. Raises `PluginError`, `WeightsError`."""
    spec = model(name)
    return _trained(spec.address, spec.id)


@lru_cache(maxsize=32)
def _trained(address: str, model_id: str) -> TrainedModel:
    """Load it once for each id, in which a weights file that has changed has another checksum.

    What it is made of is shared with the models that these are alone.
    """
    from zoo.weights.load import load_weights

    return load_weights(model(address), load_member=_member)


def _member(spec: RegisteredModel) -> TrainedModel:
    """Load a part of a model; that of one from elsewhere is no model of this zoo, and has its whole's address."""
    from zoo.weights.load import load_weights

    return _trained(spec.address, spec.id) if registry().models.get(spec.id) is spec else load_weights(spec)


def forget() -> None:
    """Let the next call load anew."""
    for kept in (registry, requested_registry, _trained):
        kept.cache_clear()
