"""Figures of regions over studies: empty ones by the convention, the worst by name, intervals of patients."""

from __future__ import annotations

import json

import pytest

from made_up_regions import made_up_regions
from training.report.region_summary import summarise_regions


@pytest.fixture(scope="module")
def summary():
    return summarise_regions(made_up_regions(), draws=200)


def test_only_models_that_measured_are_there(summary):
    assert list(summary) == ["good"]
    assert list(summary["good"]) == ["core", "oedema", "enhancing", "whole"]
    json.dumps(summary, allow_nan=False)


def test_empty_in_both_is_left_out_and_in_one_is_zero(summary):
    core = summary["good"]["core"]
    assert (core["studies"], core["both_empty"], core["one_empty"]) == (2, 1, 1)
    assert core["dice"]["value"] == pytest.approx(0.4)
    assert core["distance_mm"]["value"] == core["median_mm"] == 3.0
    assert core["worst"] == ("c", 0.0)
    assert (core["found_ml"], core["true_ml"]) == (pytest.approx(7 / 3), pytest.approx(4 / 3))


def test_small_regions_don_t_count_among_the_large(summary):
    enhancing = summary["good"]["enhancing"]
    assert enhancing["dice"]["value"] == 0.25
    assert (enhancing["large"], enhancing["large_dice"]["value"]) == (1, 0.5)


def test_the_whole(summary):
    whole = summary["good"]["whole"]
    assert (whole["poor"], whole["worst"], whole["median_dice"]) == (1, ("b", 0.4), 0.7)
    assert whole["dice"]["value"] == pytest.approx(2 / 3)
    assert whole["dice"]["low"] < 2 / 3 < whole["dice"]["high"]
    assert whole["correlation"]["value"] == pytest.approx(0.884, abs=1e-3)


def test_what_is_nowhere_has_no_figure():
    results = made_up_regions()
    del results.matches["good"]["a"], results.matches["good"]["c"]
    core = summarise_regions(results, draws=20)["good"]["core"]
    assert (core["studies"], core["both_empty"], core["worst"], core["median_dice"]) == (0, 1, None, None)
    assert core["dice"] == core["correlation"] == {"value": None, "low": None, "high": None}
