"""Cohorts and small models, made once for all folders that use them: a fixture is made anew where it is named again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from evaluation_fixtures import cohort, material, prepared, small
from faithfulness_fixtures import asked, small_model
from no_pool import without_pools
from whole_zoo_fixtures import models, small_registry, whole

__all__ = ["asked", "cohort", "material", "models", "prepared", "small", "small_model", "small_registry", "whole"]


@pytest.fixture(scope="module", autouse=True)
def in_this_process() -> Iterator[None]:
    """What is done side by side is done here, one after the other, unless a test asks for a pool."""
    with without_pools() as patch:
        patch.setattr("training.jobs.process_pool.FEW", 0)
        yield
