"""How well regions are found, as the leaderboard holds it beside the weights that found them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from zoo import ZooError
from zoo.assets.leaderboard import Estimate, Leaderboard, RegionCohort, RegionFigures

from ..evaluation.region_results import RegionResults
from ..report.region_summary import summarise_regions

DIGITS = 6


def with_regions(board: Leaderboard, results: RegionResults, cohort: RegionCohort) -> Leaderboard:
    """Note each measured model's figures on the studies of `results`, which are those of `cohort`.

    Raises `ZooError` where the board knows no such model, or other weights of it.
    """
    models = dict(board.models)
    for name, by_region in summarise_regions(results).items():
        known, found = models[name].weights if name in models else "none", results.weights[name]
        if known != found:
            raise ZooError(
                f"{name}: expected the weights that the leaderboard tells of ({known}), found regions of {found}; "
                "measure those, or write the leaderboard first."
            )
        figures = {region: _figures(told) for region, told in by_region.items()}
        models[name] = replace(models[name], regions={**(models[name].regions or {}), cohort.value: figures})
    return replace(board, models=models)


def _figures(told: Mapping[str, Any]) -> RegionFigures:
    names = ("dice", "correlation", "distance_mm")
    return RegionFigures(told["studies"], **{name: _estimate(told[name]) for name in names})


def _estimate(told: Mapping[str, float | None]) -> Estimate | None:
    value, low, high = (_rounded(told[name]) for name in ("value", "low", "high"))
    return None if value is None else Estimate(value, low=low, high=high)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)
