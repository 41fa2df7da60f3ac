"""Answers come back from the session folder as they were."""

from __future__ import annotations

import numpy as np

from zoo import Grade
from zoo.report.store import load_regions, load_results, store_contributions, store_grade, store_regions
from zoo.types import Explanation

MODEL = "single-t1ce.compact"


def test_grade_and_contributions_come_back(registry, tmp_path):
    grade = Grade(
        "s", MODEL, "HGG", 0.9, 2.2, 0.1, ("blurred",), "embedded:x", "uncalibrated", "nothing", 0.05, ("cut",)
    )
    found = Explanation("s", MODEL, "modality-shapley", np.float32([0, 1.5, 0, 0]), np.eye(4), {"nothing": 0.5})
    assert load_results(tmp_path, registry.models.values()) == ()
    store_grade(tmp_path, grade, 1234, grade.model)
    (answer,) = load_results(tmp_path, registry.models.values())
    assert (answer.spec.id, answer.grade, answer.parameters, answer.contributions) == (MODEL, grade, 1234, None)
    store_contributions(tmp_path, found)
    (answer,) = load_results(tmp_path, registry.models.values())
    np.testing.assert_array_equal(answer.contributions.values, found.values)
    assert answer.contributions.facts == found.facts


def test_regions_come_back_by_the_model_that_found_them(tmp_path):
    told = {"model": MODEL, "regions": {"core": {"ml": 1.5, "centre_mm": [1, 2, 3]}}}
    store_regions(tmp_path, told)
    assert load_regions(tmp_path, MODEL) == told
    assert load_regions(tmp_path, "another") is None
