"""How good probabilities of HGG are, in numpy alone: the page draws from it, where scikit-learn isn't installed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np


class ReliabilityBin(NamedTuple):
    """One point of a reliability plot: predictions that are alike, and how often they were right."""

    mean_p_hgg: float
    share_hgg: float
    cases: int


def brier(y: np.ndarray, p_hgg: np.ndarray) -> float:
    """Mean squared error of the probability (Brier 1950)."""
    return float(np.mean((p_hgg - y) ** 2))


def expected_calibration_error(y: np.ndarray, p_hgg: np.ndarray, bins: int = 10) -> float:
    """Mean over the cases of |mean p − share of HGG| of their bin (Naeini, Cooper & Hauskrecht 2015).

    Biased upwards when N is small: a perfect model with evenly spread p has 0.18 at N = 28 and 0.03 at N = 1,000.
    """
    rows = reliability(y, p_hgg, bins)
    return sum(row.cases * abs(row.mean_p_hgg - row.share_hgg) for row in rows) / len(y)


def reliability(y: np.ndarray, p_hgg: np.ndarray, bins: int = 10) -> list[ReliabilityBin]:
    """The non-empty ones of equally wide bins of p_hgg, from low to high; a bin holds its upper edge, as sklearn's."""
    bin_of = np.searchsorted(np.linspace(0, 1, bins + 1)[1:-1], p_hgg)
    members = [bin_of == index for index in np.unique(bin_of)]
    return [ReliabilityBin(float(p_hgg[m].mean()), float(y[m].mean()), int(m.sum())) for m in members]


def roc_curve(y: np.ndarray, p_hgg: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """ROC curve: 1 − specificity and sensitivity, float64 [K] each, from (0, 0) to (1, 1), a point per distinct
    probability.

    y: int64 [N], 1 for HGG, with cases of both grades.
    """
    order = np.argsort(-p_hgg, kind="stable")
    last = np.append(np.diff(p_hgg[order]) != 0, True)  # of cases that tie only the last: none is called alone
    hgg, lgg = (np.append(0, np.cumsum(y[order] == grade)[last]) for grade in (1, 0))
    return lgg / lgg[-1], hgg / hgg[-1]


def area_under(curve: tuple[np.ndarray, np.ndarray]) -> float:
    """The AUC, of what `roc_curve` gives."""
    false_positive, true_positive = curve
    return float(np.trapezoid(true_positive, false_positive))


def rank_intervals(
    y: np.ndarray, p_hgg: Sequence[np.ndarray], draws: int = 500, seed: int = 0, level: float = 0.95
) -> list[tuple[int, int]]:
    """Place each model by AUC, 1 the best, in the middle `level` of bootstrap samples of the cases: from, to.

    y: int64 [N], 1 for HGG, with cases of both grades. p_hgg: float64 [N] of each model, on the same cases, which are
    drawn anew within each grade. Models that are equally good share the better place.
    """
    rng, counts = np.random.default_rng(seed), np.bincount(y, minlength=2)
    lgg, hgg = (rng.multinomial(count, np.full(count, 1 / count), draws).astype(float) for count in counts)
    aucs = np.array([((hgg @ wins(y, each)) * lgg).sum(axis=1) for each in p_hgg])
    places = 1 + np.array([(aucs > own).sum(axis=0) for own in aucs])
    ends = np.quantile(places, [(1 - level) / 2, (1 + level) / 2], axis=1, method="nearest")
    return [(int(first), int(last)) for first, last in ends.T]


def wins(y: np.ndarray, score: np.ndarray) -> np.ndarray:
    """Compare cases, float64 [HGG, LGG]: 1 where HGG scores higher than LGG, ½ where they tie; its mean is the AUC.

    The kernel ψ of DeLong, DeLong & Clarke-Pearson (1988). It takes 8 bytes a pair: 8 MB for 1,000 cases of each.
    """
    return np.heaviside(np.subtract.outer(score[y == 1], score[y == 0]), 0.5)
