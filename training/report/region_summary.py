"""Figures of an evaluation of regions: each model's, region by region, over all its studies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from zoo import GRADES
from zoo.types import MEASURED

from ..evaluation.region_results import RegionMatch, RegionResults
from ..statistics.intervals import Interval, bootstrap_intervals
from ..statistics.overlap import volume_correlation

LARGE_ML = 1.0
"""True volume above which a region should be found: the Dice of a smaller one hangs on a few voxels."""
POOR = 0.5
"""Dice below which less is right than wrong."""


@dataclass(frozen=True)
class _Region:
    """One region in N studies, float64 [N] each as in `RegionMatch`; NaN where that is None."""

    dice: np.ndarray
    distance_mm: np.ndarray
    found_ml: np.ndarray
    true_ml: np.ndarray

    @classmethod
    def of(cls, matches: Sequence[RegionMatch]) -> _Region:
        names = ("dice", "distance_mm", "found_ml", "true_ml")
        return cls(*(np.array([getattr(match, name) for match in matches], np.float64) for name in names))

    def measures(self, rows: np.ndarray) -> dict[str, float | None]:
        """Take the measures that get an interval of a sample of the studies, int64 [n]."""
        dice, true_ml = self.dice[rows], self.true_ml[rows]
        return {
            "dice": _over_known(np.mean, dice),
            "large_dice": _over_known(np.mean, dice[true_ml > LARGE_ML]),
            "correlation": volume_correlation(self.found_ml[rows], true_ml),
            "distance_mm": _over_known(np.mean, self.distance_mm[rows]),
        }


def summarise_regions(results: RegionResults, draws: int = 1000) -> dict[str, dict[str, Any]]:
    """Return figures by model and part of MEASURED, as plain JSON values; nothing of a model that measured no study.

    studies: how many Dice is taken over. both_empty: how many more there are, where nothing is to be found and nothing
    was. one_empty: of how many Dice is 0 since one is empty. poor: how many are below POOR. large: how many have more
    than LARGE_ML in the mask. worst: case and Dice. median_dice, median_mm. found_ml, true_ml: means over all studies.
    With value, low and high: dice and large_dice, means; correlation of volumes, over all studies; distance_mm, mean
    where neither is empty.

    Intervals are percentiles of `draws` bootstrap samples of patients, each grade for itself.
    """
    return {
        model: {part: _figures(results, by_case, part, draws) for part in MEASURED}
        for model, by_case in results.matches.items()
        if by_case
    }


def _figures(results: RegionResults, by_case: Any, part: str, draws: int) -> dict[str, Any]:
    cases = [row for row in results.cases if row.id in by_case]
    matches = [by_case[row.id][part] for row in cases]
    region, y = _Region.of(matches), np.array([GRADES.index(row.grade) for row in cases])
    intervals = bootstrap_intervals(region.measures, y, [row.patient for row in cases], draws)
    return {
        "studies": int(np.isfinite(region.dice).sum()),
        "both_empty": sum(match.is_absent for match in matches),
        "one_empty": sum(match.is_one_sided for match in matches),
        "poor": int((region.dice < POOR).sum()),
        "large": int((region.true_ml > LARGE_ML).sum()),
        "worst": _worst([row.id for row in cases], region.dice),
        "median_dice": _over_known(np.median, region.dice),
        "median_mm": _over_known(np.median, region.distance_mm),
        "found_ml": float(region.found_ml.mean()),
        "true_ml": float(region.true_ml.mean()),
        **{name: _estimate(value, intervals[name]) for name, value in region.measures(np.arange(len(cases))).items()},
    }


def _over_known(function: Callable[[np.ndarray], Any], values: np.ndarray) -> float | None:
    known = values[np.isfinite(values)]
    return float(function(known)) if len(known) else None


def _worst(ids: Sequence[str], dice: np.ndarray) -> tuple[str, float] | None:
    known = np.flatnonzero(np.isfinite(dice))
    if not len(known):
        return None
    worst = known[dice[known].argmin()]
    return ids[worst], float(dice[worst])


def _estimate(value: float | None, interval: Interval | None) -> dict[str, float | None]:
    low, high = (interval.low, interval.high) if interval else (None, None)
    return {"value": value, "low": low, "high": high}
