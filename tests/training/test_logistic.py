"""The head of a model without gradient training is scikit-learn's logistic regression."""

from __future__ import annotations

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from training.cache import PreparedCohort
from training.logistic import fit_head
from zoo.blocks import LogisticHead


class Means(torch.nn.Module):
    """Measures the mean of each modality."""

    def __init__(self):
        super().__init__()
        self.head = LogisticHead(4)

    def measurements(self, x, present):
        return x.mean((2, 3, 4)) * 50 + 3

    def forward(self, x, present):
        return self.head(self.measurements(x, present))


def test_equals_scikit_learn_on_the_chosen_rows(registry):
    rng = np.random.default_rng(0)
    y = np.arange(40) % 2
    x = rng.normal(0, 1, (40, 4, 2, 4, 4)) + 0.3 * y[:, None, None, None, None]
    cohort = PreparedCohort(x.astype(np.float16), np.ones((40, 4), bool), np.zeros((40, 3, 2, 1, 1), np.float16), y)
    module, rows = Means(), np.arange(5, 37)
    fit_head(registry.model("early-fusion"), module, cohort, rows)
    measured = cohort.x.astype(np.float64).mean((2, 3, 4)) * 50 + 3
    reference = make_pipeline(StandardScaler(), LogisticRegression(class_weight="balanced"))
    expected = reference.fit(measured[rows], y[rows]).decision_function(measured)
    logits = module(torch.from_numpy(cohort.x.astype(np.float32)), torch.ones(40, 4, dtype=torch.bool))
    np.testing.assert_allclose((logits[:, 1] - logits[:, 0]).detach().numpy(), expected, atol=1e-3)


class Constant(Means):
    """Measures next to nothing beside the mean of T1."""

    def measurements(self, x, present):
        means = super().measurements(x, present)
        return means * torch.tensor([1, 1e-6, 1e-6, 1e-6])


def test_a_measurement_that_hardly_varies_gets_no_weight_beyond_half_precision(registry):
    y = np.arange(12) % 2
    x = np.random.default_rng(0).normal(0, 1, (12, 4, 2, 4, 4)) + y[:, None, None, None, None]
    cohort = PreparedCohort(x.astype(np.float16), np.ones((12, 4), bool), np.zeros((12, 3, 2, 1, 1), np.float16), y)
    module = Constant()
    fit_head(registry.model("early-fusion"), module, cohort, np.arange(12))
    assert torch.isfinite(module.head.linear.weight.half()).all()
    assert module.head.linear.weight.abs().max() < 3000
