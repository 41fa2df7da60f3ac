"""Whether one model beats another on the same cases, or chance does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from zoo.metrics import wins

from .intervals import Interval, Patients, delong_variance, draw_patients, percentile_interval


@dataclass(frozen=True)
class Comparison:
    """AUC of a minus AUC of b, its interval and the two-sided p value; None where the data can't tell."""

    difference: float | None
    interval: Interval | None
    p_value: float | None


UNDECIDED = Comparison(None, None, None)
ROUNDING = 1e-20  # equal differences have a variance of about 1e-34


def delong_test(
    y: np.ndarray, a: np.ndarray, b: np.ndarray, patients: Patients = None, level: float = 0.95
) -> Comparison:
    """Test two scores in pairs, float64 [N], on one test set (DeLong, DeLong & Clarke-Pearson 1988).

    patients: of each case; their scans may be alike, see `delong_variance`.

    Of several trainings, float64 [trainings, N], the mean AUCs are compared; the interval tells what other cases would
    change, not what other trainings would. No interval and no p value where the difference doesn't vary, as between
    models that rank all pairs alike.
    """
    pairs = _mean_wins(y, a) - _mean_wins(y, b)
    if not pairs.size:
        return UNDECIDED
    return _judge(float(pairs.mean()), delong_variance(pairs, y, patients), np.inf, level)


def _mean_wins(y: np.ndarray, scores: np.ndarray) -> np.ndarray:
    return np.mean([wins(y, score) for score in np.atleast_2d(scores)], axis=0)


def nadeau_bengio_test(differences: np.ndarray, train_share: float, level: float = 0.95) -> Comparison:
    """Run the corrected resampled t test of J = repeats × folds differences of AUC, float64 [J].

    train_share: part of the cases that each fold trains on, 0.8 in 5-fold cross-validation. The variance
    (1/J + n_test/n_train)·s² allows for the folds' common training cases (Nadeau & Bengio 2003).
    """
    folds = len(differences)
    if folds < 2:
        return UNDECIDED
    variance = (1 / folds + (1 - train_share) / train_share) * float(np.var(differences, ddof=1))
    return _judge(float(np.mean(differences)), variance, folds - 1, level)


def _judge(difference: float, variance: float, degrees: float, level: float) -> Comparison:
    """Judge a difference by Student's t, which with infinitely many degrees of freedom is the normal distribution."""
    if variance < ROUNDING:
        return Comparison(difference, None, None)
    error, student = np.sqrt(variance), stats.t(degrees)
    half = float(student.isf((1 - level) / 2) * error)
    p_value = float(2 * student.sf(abs(difference) / error))
    return Comparison(difference, Interval(difference - half, difference + half), p_value)


def bootstrap_test(
    y: np.ndarray,
    a: np.ndarray,
    b: np.ndarray,
    patients: Sequence[str],
    folds: np.ndarray,
    draws: int = 2000,
    seed: int = 0,
    level: float = 0.95,
) -> Comparison:
    """Test the mean over folds of AUC_a − AUC_b in pairs: patients are drawn anew within their grade and fold.

    folds: int [N], a patient's cases in one of them; folds of a single grade don't count. The p value is twice the
    smaller share of draws on either side of 0, with one added so that it is never 0.
    """
    strata = list(zip(y.tolist(), folds.tolist(), strict=True))
    weights = np.vstack([np.ones(len(y)), draw_patients(patients, strata, draws, seed)])
    mixed = [rows for rows in (folds == fold for fold in np.unique(folds)) if len(np.unique(y[rows])) == 2]
    if not mixed:
        return UNDECIDED
    differences = [_weighted_difference(y[rows], a[rows], b[rows], weights[:, rows]) for rows in mixed]
    observed, drawn = np.split(np.mean(differences, axis=0), [1])
    tail = min((drawn <= 0).sum(), (drawn >= 0).sum())
    p_value = min(1.0, float(2 * (tail + 1) / (draws + 1)))
    return Comparison(float(observed[0]), percentile_interval(drawn, level), p_value)


def _weighted_difference(y: np.ndarray, a: np.ndarray, b: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return AUC_a − AUC_b, [draws], where case i counts `weights` [draws, N] times."""
    hgg, lgg = weights[:, y == 1], weights[:, y == 0]
    total = ((hgg @ (wins(y, a) - wins(y, b))) * lgg).sum(axis=1)
    return total / (hgg.sum(axis=1) * lgg.sum(axis=1))


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Adjust p values for being one of several, in the same order (Holm 1979); None stays None and doesn't count."""
    known = [(p, index) for index, p in enumerate(p_values) if p is not None]
    adjusted: list[float | None] = [None] * len(p_values)
    highest = 0.0
    for rank, (p, index) in enumerate(sorted(known)):
        highest = max(highest, min(1.0, (len(known) - rank) * p))
        adjusted[index] = highest
    return adjusted
