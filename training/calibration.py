"""From a model's margins to probabilities."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LogisticRegression

from zoo.weights import Calibration

LEAST_SLOPE = 0.01


def fit_calibration(margins: np.ndarray, y: np.ndarray, fitted_on: str) -> Calibration:
    """Platt scaling: slope and intercept of a logistic regression of the grade on the margin.

    With Platt's targets (1999), which leave a doubt of 1 / (n + 2) in each grade, so that a handful of cases that a
    model tells apart don't make it infinitely sure.
    """
    counts = np.bincount(y, minlength=2)
    doubt = (1 / (counts + 2))[y]
    twice, labels = np.tile(margins, 2)[:, None], np.concatenate([y, 1 - y])
    model = LogisticRegression(C=1e6).fit(twice, labels, sample_weight=np.concatenate([1 - doubt, doubt]))
    slope, intercept = float(model.coef_[0, 0]), float(model.intercept_[0])
    if slope < LEAST_SLOPE:
        slope, intercept = LEAST_SLOPE, float(np.log(counts[1] / counts[0]) - LEAST_SLOPE * margins.mean())
    return Calibration(slope, intercept, fitted_on)
