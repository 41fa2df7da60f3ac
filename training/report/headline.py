"""Every arm against the one that was named in advance: the best of many after the fact is not a result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..evaluation.results import Outcome, Results
from ..statistics.comparisons import Comparison, bootstrap_test, delong_test, holm, nadeau_bengio_test
from ..statistics.metrics import auc
from .predictions import Predictions, answers, outcomes_of

SMALLEST_DIFFERENCE, SIGNIFICANCE = 0.02, 0.05
MARGINS = {"compact": 0.03}
"""Experiments that ask what a smaller model loses: the loss of AUC that was called small in advance."""
DELONG = "DeLong's test for two AUCs on the same cases"
BOOTSTRAP = "Mean of the splits' differences in AUC; patients drawn anew within grade and split (paired bootstrap)"
NADEAU_BENGIO = "Mean of the differences in AUC over folds and repeats; t test with Nadeau and Bengio's variance"

Pair = tuple[Predictions, Predictions]


def compare_with_headline(results: Results, scheme: str) -> dict[str, Any] | None:
    """AUC of every other arm minus the headline's, on the cases of each split that both graded.

    method: in words. arms: by name, cases, difference, low, high, p, p_holm (adjusted for the number of arms) and the
    verdict on the arm: "better" or "worse" if p_holm < 0.05 and the difference is 0.02 or more, which fewer than some
    hundred patients can't show; else "no difference shown". Where `MARGINS` has the experiment, the interval of the
    difference against the margin instead. None where the headline or every other arm is missing.
    """
    headline = outcomes_of(results, results.headline, scheme)
    others = {row.name: _pairs(results, outcomes_of(results, row.name, scheme), headline) for row in results.models}
    others = {name: pairs for name, pairs in others.items() if pairs and name != results.headline}
    if not others:
        return None
    method = _method(headline)
    found = {name: _compare(method, pairs, headline) for name, pairs in others.items()}
    verdicts = with_verdicts(found, MARGINS.get(results.protocol["experiment"]))
    cases = {name: {"cases": sum(len(ours) for ours, _ in pairs)} for name, pairs in others.items()}
    return {"method": method, "arms": {name: cases[name] | verdicts[name] for name in found}}


def with_verdicts(found: Mapping[str, Comparison], margin: float | None = None) -> dict[str, dict[str, Any]]:
    """Judge each comparison: difference, low, high, p, p_holm and verdict, see `compare_with_headline`."""
    adjusted = holm([row.p_value for row in found.values()])
    return {name: _row(row, p_holm, margin) for (name, row), p_holm in zip(found.items(), adjusted, strict=True)}


def _pairs(results: Results, ours: Sequence[Outcome], headline: Sequence[Outcome]) -> list[Pair]:
    """Pair both arms' answers on the same cases in the same order, for every split of both."""
    theirs = {(row.repeat, row.split): row for row in headline}
    both = [(row, theirs[row.repeat, row.split]) for row in ours if (row.repeat, row.split) in theirs]
    pairs = [_common(answers(results, [ours]), answers(results, [theirs])) for ours, theirs in both]
    return [pair for pair in pairs if len(pair[0])]


def _common(a: Predictions, b: Predictions) -> Pair:
    _, of_a, of_b = np.intersect1d(a.ids, b.ids, return_indices=True)
    return a.at(of_a), b.at(of_b)


def _method(headline: Sequence[Outcome]) -> str:
    if len(headline) == 1:
        return DELONG
    return BOOTSTRAP if len({row.repeat for row in headline}) == 1 else NADEAU_BENGIO


def _compare(method: str, pairs: Sequence[Pair], headline: Sequence[Outcome]) -> Comparison:
    if method == NADEAU_BENGIO:
        aucs = [(auc(a.y, a.p_hgg), auc(b.y, b.p_hgg)) for a, b in pairs]
        differences = [ours - theirs for ours, theirs in aucs if ours is not None and theirs is not None]
        shares = [row.train_cases / (row.train_cases + len(row.cases)) for row in headline]
        return nadeau_bengio_test(np.array(differences), float(np.mean(shares)))
    y, patients = (np.concatenate([getattr(a, name) for a, _ in pairs]) for name in ("y", "patients"))
    a, b = (np.concatenate([pair[arm].p_hgg for pair in pairs]) for arm in (0, 1))
    if method == DELONG:
        return delong_test(y, a, b, patients)
    return bootstrap_test(y, a, b, patients.tolist(), np.repeat(np.arange(len(pairs)), [len(a) for a, _ in pairs]))


def _row(found: Comparison, p_holm: float | None, margin: float | None) -> dict[str, Any]:
    low, high = (found.interval.low, found.interval.high) if found.interval else (None, None)
    return {
        "difference": found.difference,
        "low": low,
        "high": high,
        "p": found.p_value,
        "p_holm": p_holm,
        "verdict": _against_margin(low, high, margin) if margin else _verdict(found.difference, p_holm),
    }


def _verdict(difference: float | None, p_holm: float | None) -> str:
    if difference is None or p_holm is None or p_holm >= SIGNIFICANCE or abs(difference) < SMALLEST_DIFFERENCE:
        return "no difference shown"
    return "better" if difference > 0 else "worse"


def _against_margin(low: float | None, high: float | None, margin: float) -> str:
    if low is not None and low >= -margin:
        return f"loses at most {margin:g}"
    if high is not None and high < -margin:
        return f"loses more than {margin:g}"
    return f"a loss of {margin:g} can't be told"
