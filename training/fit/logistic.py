"""Measurements, a few of each study, are fitted by logistic regression: of all training, or the last step of one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from torch import nn

from zoo import ModelSpec
from zoo.blocks import SupportsMeasurements
from zoo.weights.load import device_of

from ..data.batches import apply
from ..data.prepared_cohort import PreparedCohort

RIDGE = 3.0
"""Strength by cross-validation of the U-Net's measurements on 1,800 simulated training cases, in both looks: of 1 to
1,000, cross-entropy is lowest at 1 as stored (0.337) and at 30 as other scanners would have given them (0.366); at 3 it
is 0.337 and 0.368, the sum within 0.001 of the least, at 10."""
LEAST_SPREAD = 1e-3
"""Smallest spread of a measurement, in its unit: one that hardly varies would get a weight beyond half precision."""


def fit_head(spec: ModelSpec, module: nn.Module, cohort: PreparedCohort, rows: np.ndarray) -> None:
    """Fit `module.head` to the measurements of the chosen cases: standardised, balanced between grades, mild ridge.

    A case is measured in each of the cohort's looks, which together weigh as one: what other scanners do to regions is
    part of what a head learns.
    """
    assert isinstance(module, SupportsMeasurements)
    looks, device = cohort.looks, device_of(module)
    measurements = np.concatenate([apply(module.measurements, look, rows, spec.uses, device) for look in looks])
    scaler = StandardScaler()
    targets = cohort.targets[rows]
    balance = len(rows) / 2 / np.array([(1 - targets).sum(), targets.sum()])
    regression = fit_shares(
        scaler.fit_transform(measurements), np.tile(targets, len(looks)), RIDGE, balance / len(looks)
    )
    weight = regression.coef_ / np.maximum(scaler.scale_, LEAST_SPREAD)
    bias = regression.intercept_ - weight @ scaler.mean_
    with torch.no_grad():
        module.head.linear.weight.copy_(torch.from_numpy(weight))
        module.head.linear.bias.copy_(torch.from_numpy(bias))
        if module.head.bounded:
            module.head.least.copy_(torch.from_numpy(measurements.min(axis=0)))
            module.head.most.copy_(torch.from_numpy(measurements.max(axis=0)))


def fit_shares(
    x: np.ndarray, targets: np.ndarray, ridge: float, weights: Sequence[float] | np.ndarray = (1, 1)
) -> LogisticRegression:
    """Cross-entropy with probabilities as targets: each case counts as HGG for so much, and as LGG for the rest.

    x: float64 [N, K]; targets: float64 [N], 0 to 1; weights: of LGG and HGG. A probability teaches what a grade that
    was drawn from it does, without the draw's chance (as a teacher's do, Hinton et al. 2015, arXiv 1503.02531).
    """
    shares = np.concatenate([targets, 1 - targets])
    grades = np.repeat([1, 0], len(targets))
    model = LogisticRegression(C=1 / ridge, max_iter=1000)
    return model.fit(np.tile(x, (2, 1)), grades, shares * np.asarray(weights)[grades])
