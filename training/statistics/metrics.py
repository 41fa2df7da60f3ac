"""How good predictions are: their ranking, their grades, and their probabilities."""

from __future__ import annotations

import numpy as np
from sklearn.metrics import roc_auc_score

from zoo.metrics import brier, expected_calibration_error


def measure(y: np.ndarray, p_hgg: np.ndarray, threshold: float | np.ndarray = 0.5) -> dict[str, float | int | None]:
    """Take every measure of int64 [N] grades and float64 [N] probabilities, N ≥ 1; HGG is positive, from `threshold`.

    threshold: one for all cases, or float64 [N], each case's own.
    """
    return {
        "cases": len(y),
        "auc": auc(y, p_hgg),
        **grade_measures(y, p_hgg >= threshold),
        "brier": brier(y, p_hgg),
        "ece": expected_calibration_error(y, p_hgg),
    }


def grade_measures(y: np.ndarray, called_hgg: np.ndarray) -> dict[str, float | None]:
    """Take the measures that only grades decide, bool [N]; plain counts, as a bootstrap asks thousands of times."""
    tp, fp = (int(np.count_nonzero(called_hgg & (y == label))) for label in (1, 0))
    fn, tn = (int(np.count_nonzero(~called_hgg & (y == label))) for label in (1, 0))
    sensitivity, specificity = _ratio(tp, tp + fn), _ratio(tn, tn + fp)
    return {
        "accuracy": _ratio(tp + tn, len(y)),
        "balanced_accuracy": _mean(sensitivity, specificity),
        "sensitivity": sensitivity,
        "specificity": specificity,
        "f1": _ratio(2 * tp, 2 * tp + fp + fn),
    }


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _mean(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else (a + b) / 2


def auc(y: np.ndarray, score: np.ndarray) -> float | None:
    """Area under the ROC curve; None unless both grades are there."""
    return float(roc_auc_score(y, score)) if len(np.unique(y)) == 2 else None
