"""How far a measure could be off: 95 % intervals that hold on small test sets.

All treat the trained models as fixed: they tell what other patients would change, not what another training would.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.polynomial import Polynomial
from scipy.special import expit, logit
from scipy.stats import norm

from zoo.metrics import wins

Patients = Sequence[Hashable] | np.ndarray | None
"""The patient of each case; None where each is of another."""


@dataclass(frozen=True)
class Interval:
    """Both bounds of a confidence interval."""

    low: float
    high: float


def delong_interval(
    y: np.ndarray, score: np.ndarray, patients: Patients = None, level: float = 0.95
) -> Interval | None:
    """Interval of the AUC: DeLong's variance on the logit scale, Newcombe's method where that variance is 0.

    None unless both grades are there. patients: of each case; their scans may be alike, see `delong_variance`.
    """
    return pooled_over_folds_interval(y, score, np.zeros(len(y)), patients, level)


def pooled_over_folds_interval(
    y: np.ndarray, score: np.ndarray, folds: np.ndarray, patients: Patients = None, level: float = 0.95
) -> Interval | None:
    """Interval of the folds' mean AUC: the folds test different patients, so var = Σ var_j / J², on the logit scale.

    folds: int [N]. Folds of a single grade have no AUC and don't count; None if none is left. Where the variance is 0
    (every fold is perfect, or has one patient of a grade), Newcombe's method for that AUC on the patients of all folds.
    """
    owner = _owners(patients, len(y))
    parts = [rows for rows in (folds == fold for fold in np.unique(folds)) if len(np.unique(y[rows])) == 2]
    if not parts:
        return None
    tables = [wins(y[rows], score[rows]) for rows in parts]
    auc = float(np.mean([table.mean() for table in tables]))
    variances = [delong_variance(table, y[rows], owner[rows]) for table, rows in zip(tables, parts, strict=True)]
    variance = sum(variances) / len(tables) ** 2
    if variance == 0:
        hgg, lgg = (sum(len(np.unique(owner[rows & (y == grade)])) for rows in parts) for grade in (1, 0))
        return newcombe_interval(auc, hgg, lgg, level)
    half = norm.isf((1 - level) / 2) * np.sqrt(variance) / (auc * (1 - auc))
    return Interval(float(expit(logit(auc) - half)), float(expit(logit(auc) + half)))


def delong_variance(pairs: np.ndarray, y: np.ndarray, patients: Patients = None) -> float:
    """Variance of an AUC from its `wins`, float64 [HGG, LGG], where a patient may have several scans.

    After Obuchowski 1997 (Biometrics 53:567), which is DeLong's (DeLong, DeLong & Clarke-Pearson 1988) where each has
    one. y, patients: of each case, in the order in which `wins` takes them. From the difference of two models' wins it
    is the variance of the difference of their AUCs, covariance included. 0 where it can't be told, with one patient of
    a grade.
    """
    owner = _owners(patients, len(y))
    count = owner.max() + 1
    excess = np.zeros((2, count))  # of each patient's scans of one grade over the AUC, summed
    for grade, wins_of in ((0, pairs.mean(axis=0)), (1, pairs.mean(axis=1))):
        np.add.at(excess[grade], owner[y == grade], wins_of - pairs.mean())
    several = [len(np.unique(owner[y == grade])) for grade in (0, 1)]
    if min(several) < 2:
        return 0.0
    lgg, hgg = (excess[grade] / np.count_nonzero(y == grade) for grade in (0, 1))
    spread = sum(each / (each - 1) * (part**2).sum() for each, part in zip(several, (lgg, hgg), strict=True))
    return float(spread + 2 * count / (count - 1) * (lgg * hgg).sum())


def _owners(patients: Patients, cases: int) -> np.ndarray:
    """The patient of each case by a number, int64 [N]."""
    return np.arange(cases) if patients is None else np.unique(np.asarray(patients), return_inverse=True)[1]


def newcombe_interval(auc: float, hgg: int, lgg: int, level: float = 0.95) -> Interval:
    """Interval of an AUC, from the numbers of cases alone (Newcombe 2006, Statistics in Medicine 25:559, method 5).

    The θ with (θ − auc)² ≤ z² V(θ), where V is Hanley & McNeil's variance with both m − 1 and n − 1 replaced by their
    mean N*: θ(1−θ)/(mn) · [1 + N*(1−θ)/(2−θ) + N*θ/(1+θ)]. Times mn(2−θ)(1+θ) this is a quartic with one root in
    each of [−1, 0], [0, auc], [auc, 1] and [1, 2]: the middle two are the bounds.
    """
    theta, spare = Polynomial([0, 1]), (hgg + lgg) / 2 - 1
    poles = (2 - theta) * (1 + theta)
    variance = theta * (1 - theta) * (poles + spare * (1 + 2 * theta - 2 * theta**2))
    equation = (theta - auc) ** 2 * poles * hgg * lgg - norm.isf((1 - level) / 2) ** 2 * variance
    _, low, high, _ = np.clip(np.sort(equation.roots().real), 0, 1).tolist()
    return Interval(low, high)


def wilson_interval(right: np.ndarray, patients: Patients = None, level: float = 0.95) -> Interval | None:
    """Interval of a proportion, such as a sensitivity (Wilson 1927); None of nothing.

    right: bool [N]. Scans of one patient count as far as they say something new: their number is divided by the design
    effect, which is 1 where each patient has one (Rao & Scott 1992, Biometrics 48:577).
    """
    if not len(right):
        return None
    share, n = float(right.mean()), len(right) / _design_effect(right, _owners(patients, len(right)))
    z = norm.isf((1 - level) / 2)
    middle, half = share + z**2 / (2 * n), z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    low, high = np.array([middle - half, middle + half]) / (1 + z**2 / n)
    return Interval(float(max(low, 0)), float(min(high, 1)))


def _design_effect(right: np.ndarray, owner: np.ndarray) -> float:
    """How much wider patients with several scans make a proportion's variance, 1 at least; if nothing varies, as
    many times as they have scans."""
    scans = np.bincount(owner)
    excess = np.bincount(owner, right.astype(float)) - scans * right.mean()
    n, count, chance = len(right), len(scans), right.mean() * (1 - right.mean())
    if count < 2 or chance == 0:
        return n / count
    return max(1.0, float(count / (count - 1) * (excess**2).sum() / n**2 / (chance / (n - 1))))


def bootstrap_intervals(
    measures: Callable[[np.ndarray], Mapping[str, float | None]],
    y: np.ndarray,
    patients: Sequence[str],
    draws: int = 2000,
    seed: int = 0,
    level: float = 0.95,
) -> dict[str, Interval | None]:
    """Percentile intervals of measures that have no formula: patients are drawn anew, each grade for itself.

    measures: from the rows of a sample, int64 [N], to its measures by name: `lambda rows: measure(y[rows], p[rows])`.
    Draws in which a measure is None don't count for it. Not for an AUC: on few cases percentiles hold it too seldom
    (`delong_interval` does not). Nor for a calibration error: every draw adds to its upward bias, so of a calibrated
    model the percentiles all lie above the truth.
    """
    counts = draw_patients(patients, y.tolist(), draws, seed)
    drawn = [measures(np.repeat(np.arange(len(y)), times)) for times in counts]
    return {name: percentile_interval([measured[name] for measured in drawn], level) for name in drawn[0]}


def percentile_interval(values: Sequence[float | None] | np.ndarray, level: float = 0.95) -> Interval | None:
    """Interval of the middle `level` of what was drawn; None of nothing."""
    known = [value for value in values if value is not None]
    return Interval(*np.quantile(known, [(1 - level) / 2, (1 + level) / 2]).tolist()) if known else None


def draw_patients(patients: Sequence[str], strata: Sequence[Hashable], draws: int, seed: int) -> np.ndarray:
    """How often each case is in each bootstrap sample, int64 [draws, N]: all cases of a patient travel together.

    strata: a label for every case, such as its grade. Patients whose cases have the same labels are drawn from each
    other, so every sample has as many of them; whoever has studies of both grades is exchanged only for their like.
    """
    rng = np.random.default_rng(seed)
    names, owner = np.unique(np.asarray(patients), return_inverse=True)
    counts = np.empty((draws, len(names)), np.int64)
    for alike in _alike(owner.tolist(), strata):
        counts[:, alike] = rng.multinomial(len(alike), np.full(len(alike), 1 / len(alike)), size=draws)
    return counts[:, owner]


def _alike(owner: Sequence[int], strata: Sequence[Hashable]) -> list[list[int]]:
    labels: dict[int, set[Hashable]] = defaultdict(set)
    for patient, label in zip(owner, strata, strict=True):
        labels[patient].add(label)
    groups: dict[frozenset[Hashable], list[int]] = defaultdict(list)
    for patient in sorted(labels):
        groups[frozenset(labels[patient])].append(patient)
    return list(groups.values())
