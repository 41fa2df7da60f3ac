"""Figures of regions stand in the leaderboard beside the weights that found them, and beside no others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from made_up_leaderboard import made_up_leaderboard
from made_up_regions import made_up_regions
from training.report.region_summary import summarise_regions
from training.whole_zoo.noted_regions import with_regions
from zoo import ZooError
from zoo.assets.leaderboard import Leaderboard, RegionCohort

RESULTS = made_up_regions()


@pytest.fixture
def board():
    whole = Leaderboard.from_json(made_up_leaderboard(("good", "other")))
    models = {name: replace(row, weights="embedded:1") for name, row in whole.models.items()}
    return replace(whole, models=models)


def test_each_region_s_figures_are_noted(board):
    noted = with_regions(board, RESULTS, RegionCohort.HELD_OUT)
    figures, summary = noted.models["good"].regions["held_out"], summarise_regions(RESULTS)["good"]
    assert list(figures) == ["core", "oedema", "enhancing", "whole"]
    for region, told in figures.items():
        assert told.studies == summary[region]["studies"]
        assert told.dice.value == pytest.approx(summary[region]["dice"]["value"], abs=0.0006)
        assert told.distance_mm.value == pytest.approx(summary[region]["distance_mm"]["value"], abs=0.0006)
    assert noted.models["other"] == board.models["other"]


def test_other_studies_join_and_the_same_are_replaced(board):
    both = with_regions(with_regions(board, RESULTS, RegionCohort.HELD_OUT), RESULTS, RegionCohort.DEVELOPMENT)
    assert list(both.models["good"].regions) == ["held_out", "development"]
    assert with_regions(both, RESULTS, RegionCohort.HELD_OUT) == both


def test_the_file_holds_them(board):
    noted = with_regions(board, RESULTS, RegionCohort.UNSEEN)
    assert Leaderboard.from_json(noted.to_json()) == noted
    assert "regions" not in noted.to_json()["models"]["other"]


@pytest.mark.parametrize(("weights", "found"), [("embedded:7", "embedded:7"), (None, "none")])
def test_regions_of_other_weights_are_refused(board, weights, found):
    row = board.models["good"]
    models = {"good": replace(row, weights=weights)} if weights else {"other": row}
    with pytest.raises(ZooError, match=rf"good: expected the weights .* \({found}\), found regions of embedded:1"):
        with_regions(replace(board, models=models), RESULTS, RegionCohort.HELD_OUT)
