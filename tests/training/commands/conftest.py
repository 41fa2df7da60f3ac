"""What the commands work on."""

from __future__ import annotations

from evaluation_fixtures import cohort, material, prepared, small
from faithfulness_fixtures import small_model
from realism_fixtures import few_trees, make_cohort
from whole_zoo_fixtures import models, small_registry, whole

__all__ = [
    "cohort",
    "few_trees",
    "make_cohort",
    "material",
    "models",
    "prepared",
    "small",
    "small_model",
    "small_registry",
    "whole",
]
