"""Calibration of a model's margins to probabilities."""

from __future__ import annotations

import numpy as np

from zoo.weights.calibration import Calibration

from ..fit.logistic import fit_shares

LEAST_SLOPE = 0.01


def fit_calibration(margins: np.ndarray, y: np.ndarray, fitted_on: str) -> Calibration:
    """Fit Platt scaling: slope and intercept of a logistic regression of the grade on the margin.

    margins: float64 [N], or [looks, N] of the same cases seen in several ways, which leave the doubt of one case.
    With Platt's targets (1999), which leave a doubt of 1 / (n + 2) in each grade, so that a handful of cases that a
    model tells apart don't make it infinitely sure. Their mean is the share of HGG for which the probabilities hold.
    """
    counts = np.bincount(y, minlength=2)
    doubt = (1 / (counts + 2))[y]
    targets, looks = np.where(y == 1, 1 - doubt, doubt), margins.size // len(y)
    model = fit_shares(margins.reshape(-1, 1), np.tile(targets, looks), ridge=1e-6)
    slope, intercept = float(model.coef_[0, 0]), float(model.intercept_[0])
    if slope < LEAST_SLOPE:
        slope, intercept = LEAST_SLOPE, float(np.log(counts[1] / counts[0]) - LEAST_SLOPE * margins.mean())
    return Calibration(slope, intercept, fitted_on, prevalence=round(float(targets.mean()), 6))  # one half exactly
