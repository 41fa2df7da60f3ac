"""A simulated cohort of two hospitals and models that train on it in a second."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from training.cohorts import Cohort, load_cohort
from training.data.folds import cross_validation
from training.options import FitOptions
from training.simulation import write_cohort
from training.weights.make import Material
from zoo import ModelSpec, Recipe
from zoo.registry import Registry

SMALL = Recipe(shape=(10, 24, 20), spacing=(16.0, 8.0, 8.0))


@pytest.fixture(scope="session")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Cohort:
    root = tmp_path_factory.mktemp("evaluation") / "cohort"
    write_cohort(root, cases=16, seed=3, spacing_mm=6.0, processes=1, sites=2)
    return load_cohort(root)


@pytest.fixture(scope="session")
def small(registry: Registry) -> Callable[..., ModelSpec]:
    """small(id, **options) -> a model of the zoo, thin and at a coarse grid."""

    def make(name: str, **options: object) -> ModelSpec:
        spec = registry.model(name)
        return replace(spec, recipe=SMALL, options={**spec.options, **options})

    return make


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("prepared")


@pytest.fixture
def material(cohort: Cohort, prepared: Path) -> Material:
    split = cross_validation(cohort.cases, 2, seed=0)[0]
    return Material(cohort.cases, split, FitOptions(epochs=1), prepared)
