"""A zoo of two small models, made whole from nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from training.options import FitOptions
from training.whole_zoo.build import WholeZoo
from zoo import Recipe
from zoo.registry import Registry
from zoo.weights.load import TrainedModel

SMALL = Recipe(shape=(10, 24, 20), spacing=(16.0, 8.0, 8.0))
CHOSEN = ("single-t1ce.compact", "volume-control.compact", "guided-dual-attention.paper")


@pytest.fixture(scope="session")
def small_registry(registry: Registry) -> Registry:
    specs = {name: replace(registry.models[name], recipe=SMALL) for name in CHOSEN}
    return replace(registry, models=specs)


@pytest.fixture(scope="session")
def whole(small_registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> WholeZoo:
    return WholeZoo(small_registry, tmp_path_factory.mktemp("zoo"), 16, 16, FitOptions(epochs=1), spacing_mm=6.0)


@pytest.fixture(scope="session")
def models(whole: WholeZoo) -> list[TrainedModel]:
    return whole.trained()
