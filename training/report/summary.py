"""Figures of a results file: each arm under each scheme, and each arm against the headline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from zoo import GRADES
from zoo.metrics import brier

from ..evaluation.results import FOLDS, HOSPITALS, WHOLE, Outcome, Results
from ..statistics.intervals import (
    Interval,
    bootstrap_intervals,
    delong_interval,
    pooled_over_folds_interval,
    wilson_interval,
)
from ..statistics.metrics import grade_measures, measure
from ..statistics.sites import Probed, probe_summary, within_hospital_auc
from .headline import compare_with_headline
from .predictions import Predictions, answers, by_repeat, outcomes_of

SCHEME_TITLES = {FOLDS: "cross-validation", HOSPITALS: "leave one hospital out", WHOLE: "whole cohort"}
MEASURES = ("auc", "accuracy", "balanced_accuracy", "sensitivity", "specificity", "f1", "brier", "ece")
NO_SINGLE_HOSPITAL = ("2013",)
UNKNOWN = ""  # patients of unknown hospitals are not of the same one


def summarise(results: Results, draws: int = 500) -> dict[str, Any]:
    """Return everything that is printed or plotted, as plain JSON values; the same for the same results.

    arms: by name and scheme (only where cases were graded):
        cases: how many were graded. share_hgg, called_hgg: part of them that is HGG, and was graded so.
        pooled: each measure over all cases, with value, low and high; sd is None.
        measures: the same, but under FOLDS mean and SD over the folds of all repeats, with an interval of the AUC.
        splits: per fold or hospital. train_gap: mean of train AUC − AUC over them.
        within_hospital, within_hospital_without_2013: pooled and macro AUC, number of pairs.
        hospitals: not under FOLDS: auc, low, high, lgg, hgg and pairs of each hospital.
        site_probe: by grade, balanced accuracy beside chance.
    not_graded: by arm, how many cases for which reason.
    comparisons: by scheme, see `compare_with_headline`.

    Of several repeats, pooled figures and intervals are the mean of the repeats' own. Intervals of the AUC are
    DeLong's, of proportions Wilson's, either for patients of whom there are several scans; of others percentiles of
    `draws` bootstrap samples of patients. The ECE has none, since samples with repeated cases are calibrated worse than
    what they are drawn from.
    """
    arms = {row.name: _schemes(results, row.name, draws) for row in results.models}
    compared = {scheme: compare_with_headline(results, scheme) for scheme in SCHEME_TITLES}
    return {
        "headline": results.headline,
        "arms": arms,
        "not_graded": {row.name: _not_graded(results, row.name) for row in results.models},
        "comparisons": {scheme: found for scheme, found in compared.items() if found},
    }


def _schemes(results: Results, model: str, draws: int) -> dict[str, Any]:
    found = {scheme: outcomes_of(results, model, scheme) for scheme in SCHEME_TITLES}
    return {scheme: _figures(results, outcomes, draws) for scheme, outcomes in found.items() if outcomes}


def _not_graded(results: Results, model: str) -> dict[str, int]:
    """Count cases by reason; one that several splits left ungraded counts once."""
    reasons = {case: why for row in results.outcomes if row.model == model for case, why in row.not_graded.items()}
    return dict(sorted(Counter(reasons.values()).items()))


def _figures(results: Results, outcomes: Sequence[Outcome], draws: int) -> dict[str, Any]:
    everything, splits = answers(results, outcomes), [_split(results, row) for row in outcomes]
    repeats = [(rows, answers(results, rows)) for rows in by_repeat(outcomes)]
    pooled = mean_of([estimates(told, draws) for _, told in repeats])
    figures = {
        "cases": len(np.unique(everything.ids)),
        "share_hgg": float(everything.y.mean()),
        "called_hgg": float(everything.called_hgg.mean()),
        "measures": pooled,
        "pooled": pooled,
        "splits": splits,
        "train_gap": mean_of([_gap(row) for row in splits]),
        "within_hospital": mean_of([_within(told) for _, told in repeats]),
        "within_hospital_without_2013": mean_of([_within(told, NO_SINGLE_HOSPITAL) for _, told in repeats]),
        "site_probe": mean_of([_site_probe(rows) for rows, _ in repeats]),
    }
    if outcomes[0].scheme == FOLDS:
        interval = mean_of(
            [_bounds(pooled_over_folds_interval(told.y, told.p_hgg, told.split, told.patients)) for _, told in repeats]
        )
        return figures | {"measures": _over_folds(splits, interval)}
    return figures | {"hospitals": mean_of([_hospitals(told) for _, told in repeats])}


def _split(results: Results, outcome: Outcome) -> dict[str, Any]:
    told = answers(results, [outcome])
    known = {
        name: getattr(outcome, name) for name in ("split", "repeat", "train_cases", "train_auc", "val_auc", "epochs")
    }
    return known | measure(told.y, told.p_hgg, told.threshold)


def _gap(split: dict[str, Any]) -> float | None:
    return None if None in (split["train_auc"], split["auc"]) else split["train_auc"] - split["auc"]


def estimates(told: Predictions, draws: int) -> dict[str, dict[str, float | None]]:
    """Estimate each measure over all cases, with its interval."""

    def formless(rows: np.ndarray) -> dict[str, float | None]:
        grades = grade_measures(told.y[rows], told.called_hgg[rows])
        return {"balanced_accuracy": grades["balanced_accuracy"], "f1": grades["f1"]} | {
            "brier": brier(told.y[rows], told.p_hgg[rows])
        }

    right = told.called_hgg == told.y
    intervals = bootstrap_intervals(formless, told.y, told.patients.tolist(), draws) | {
        "auc": delong_interval(told.y, told.p_hgg, told.patients),
        "accuracy": wilson_interval(right, told.patients),
        "sensitivity": wilson_interval(right[told.y == 1], told.patients[told.y == 1]),
        "specificity": wilson_interval(right[told.y == 0], told.patients[told.y == 0]),
    }
    measured = measure(told.y, told.p_hgg, told.threshold)
    return {name: {"value": measured[name], "sd": None} | _bounds(intervals.get(name)) for name in MEASURES}


def _bounds(interval: Interval | None) -> dict[str, float | None]:
    return {"low": interval.low, "high": interval.high} if interval else {"low": None, "high": None}


def _over_folds(splits: Sequence[dict[str, Any]], auc_interval: dict[str, float | None]) -> dict[str, Any]:
    """Average over folds; only the AUC has an interval here, others have theirs over the cases of all folds."""
    figures = {}
    for name in MEASURES:
        values = [row[name] for row in splits if row[name] is not None]
        sd = float(np.std(values, ddof=1)) if len(values) > 1 else None
        figures[name] = {"value": mean_of(values), "sd": sd, "low": None, "high": None}
    return figures | {"auc": figures["auc"] | auc_interval}


def _within(told: Predictions, leave_out: Sequence[str] = ()) -> dict[str, Any]:
    found = within_hospital_auc(told.y, told.p_hgg, told.hospitals.tolist(), told.split, (UNKNOWN, *leave_out))
    return {"pooled": found["pooled"], "macro": found["macro"], "pairs": found["pairs"]}


def _hospitals(told: Predictions) -> dict[str, dict[str, Any]]:
    found = within_hospital_auc(told.y, told.p_hgg, told.hospitals.tolist(), told.split, (UNKNOWN,))["hospitals"]
    own = {name: told.at(told.hospitals == name) for name in found}
    return {
        name: row | _bounds(delong_interval(own[name].y, own[name].p_hgg, own[name].patients))
        for name, row in found.items()
    }


def _site_probe(outcomes: Sequence[Outcome]) -> dict[str, Any] | None:
    folds = [{grade: _probed(row.site_probe.get(grade)) for grade in GRADES} for row in outcomes if row.site_probe]
    return probe_summary(folds) if folds else None


def _probed(sites: Sequence[Sequence[str]] | None) -> Probed | None:
    return None if sites is None else Probed(*(np.asarray(names, str) for names in sites))


def mean_of(parts: Sequence[Any]) -> Any:
    """Average each number of structures that are alike; what is None somewhere doesn't count there."""
    known = [part for part in parts if part is not None]
    if len(known) < 2:
        return known[0] if known else None
    if isinstance(known[0], dict):
        return {name: mean_of([part.get(name) for part in known]) for name in known[0]}
    return float(np.mean(known))
