"""How good a model's regions are: what was measured with the very weights that found them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from zoo.assets import typed_json
from zoo.assets.leaderboard import RegionCohort, read_leaderboard
from zoo.errors import ZooError

STUDIES = {
    RegionCohort.HELD_OUT: "held-out studies of the simulator that trained it",
    RegionCohort.UNSEEN: "studies of another simulator",
    RegionCohort.DEVELOPMENT: "real gliomas looked at in development, which show no accuracy",
}
NOT_MEASURED = "how good such regions are was not measured with these weights"


def region_accuracy(model: str, weights: str | None = None) -> dict[str, Any]:
    """Look up what the leaderboard holds of a model's regions, as JSON: by cohort and region Dice, correlation of
    volumes and surface distance. weights: a revision, as in `Grade`, of others than which nothing is told; those of the
    leaderboard if none."""
    measured, accuracy = _measured().get(model, ("", {}))
    return accuracy if weights in (None, measured) else {}


def accuracy_lines(accuracy: Mapping[str, Any]) -> list[str]:
    """A line a cohort: "Dice on 300 held-out studies …: core 0.79, …"."""
    return [f"Dice on {studies_of(accuracy, name)}: {_dices(accuracy[name])}" for name in _cohorts(accuracy)]


def how_good(model: str, weights: str) -> list[str]:
    """The same of the very weights, or that nobody knows."""
    return accuracy_lines(region_accuracy(model, weights)) or [NOT_MEASURED]


def accuracy_table(accuracy: Mapping[str, Any]) -> tuple[list[str], dict[str, list[str]]]:
    """Headings of the cohorts, and cells by region: "Dice 0.79 [0.75, 0.82], volumes r 0.93, 8.6 mm off"."""
    cohorts = _cohorts(accuracy)
    regions = dict.fromkeys(region for name in cohorts for region in accuracy[name])
    headings = [studies_of(accuracy, name) for name in cohorts]
    return headings, {region: [_cell(accuracy[name].get(region, {})) for name in cohorts] for region in regions}


def studies_of(accuracy: Mapping[str, Any], cohort: RegionCohort) -> str:
    """How many studies of which kind: "300 held-out studies of the simulator that trained it"."""
    most = max(figures["studies"] for figures in accuracy[cohort].values())
    return f"{most} {STUDIES[cohort]}"


def _cohorts(accuracy: Mapping[str, Any]) -> list[RegionCohort]:
    return [name for name in RegionCohort if accuracy.get(name)]


def _dices(figures: Mapping[str, Any]) -> str:
    return ", ".join(f"{region} {told['dice']['value']:.2f}" for region, told in figures.items() if told["dice"])


def _cell(told: Mapping[str, Any]) -> str:
    dice, correlation, distance = (told.get(name) for name in ("dice", "correlation", "distance_mm"))
    parts = (
        dice and f"Dice {dice['value']:.2f}{_bounds(dice)}",
        correlation and f"volumes r {correlation['value']:.2f}",
        distance and f"{distance['value']:.1f} mm off",
    )
    return ", ".join(filter(None, parts))


def _bounds(told: Mapping[str, Any]) -> str:
    return "" if told["low"] is None else f" [{told['low']:.2f}, {told['high']:.2f}]"


@cache
def _measured() -> dict[str, tuple[str, dict[str, Any]]]:
    """The revision of each model's weights and what was measured of it; nothing where there is no leaderboard."""
    try:
        models = read_leaderboard().models
    except ZooError:
        return {}
    return {name: (row.weights, typed_json.to_json(row.regions)) for name, row in models.items() if row.regions}
