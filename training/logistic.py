"""Measurements, a few of each study, are fitted by logistic regression: of all training, or the last step of one."""

from __future__ import annotations

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import nn

from training.batches import apply
from training.cache import PreparedCohort
from zoo import ModelSpec
from zoo.weights import device_of

RIDGE = 1.0
LEAST_SPREAD = 1e-3
"""Of a measurement, in its own unit: without it, one that hardly varies would get a weight beyond half precision."""


def fit_head(spec: ModelSpec, module: nn.Module, cohort: PreparedCohort, rows: np.ndarray) -> None:
    """Fit `module.head` to the measurements of the chosen cases: standardised, balanced between grades, mild ridge."""
    measurements = apply(module.measurements, cohort, rows, spec.uses, device_of(module))
    scaler, regression = StandardScaler(), LogisticRegression(C=1 / RIDGE, class_weight="balanced")
    make_pipeline(scaler, regression).fit(measurements, cohort.y[rows])
    weight = regression.coef_ / np.maximum(scaler.scale_, LEAST_SPREAD)
    bias = regression.intercept_ - weight @ scaler.mean_
    with torch.no_grad():
        module.head.linear.weight.copy_(torch.from_numpy(weight))
        module.head.linear.bias.copy_(torch.from_numpy(bias))
