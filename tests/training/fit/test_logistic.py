"""The head of a model without gradient training is scikit-learn's logistic regression."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from training.data.prepared_cohort import PreparedCohort
from training.fit.logistic import RIDGE, fit_head
from zoo.blocks import LogisticHead


class Means(torch.nn.Module):
    """Measures the mean of each modality."""

    def __init__(self, bounded=False):
        super().__init__()
        self.head = LogisticHead(4, bounded)

    def measurements(self, x, present):
        return x.mean((2, 3, 4)) * 50 + 3

    def forward(self, x, present):
        return self.head(self.measurements(x, present))


class Constant(Means):
    """Measures next to nothing beside the mean of T1."""

    def measurements(self, x, present):
        means = super().measurements(x, present)
        return means * torch.tensor([1, 1e-6, 1e-6, 1e-6])


@pytest.fixture
def cohort():
    rng = np.random.default_rng(0)
    y = (np.arange(40) % 4 == 0).astype(int)
    x = rng.normal(0, 1, (40, 4, 2, 4, 4)) + 0.3 * y[:, None, None, None, None]
    regions = np.zeros((40, 3, 2, 1, 1), np.float16)
    return PreparedCohort(x.astype(np.float16), np.ones((40, 4), bool), regions, y, y.astype(float))


def margins_of(module, cohort):
    logits = module(torch.from_numpy(cohort.x.astype(np.float32)), torch.ones(40, 4, dtype=torch.bool))
    return (logits[:, 1] - logits[:, 0]).detach().numpy()


def test_equals_scikit_learn_on_the_chosen_rows(registry, cohort):
    module, rows = Means(), np.arange(5, 37)
    fit_head(registry.model("early-fusion"), module, cohort, rows)
    measured = cohort.x.astype(np.float64).mean((2, 3, 4)) * 50 + 3
    reference = make_pipeline(StandardScaler(), LogisticRegression(C=1 / RIDGE, class_weight="balanced"))
    expected = reference.fit(measured[rows], cohort.y[rows]).decision_function(measured)
    np.testing.assert_allclose(margins_of(module, cohort), expected, atol=1e-3)


def test_probabilities_teach_what_so_many_grades_would(registry, cohort):
    """Three of four HGG where the target is 0.75."""
    module, copies = Means(), 4
    of_four = np.arange(40) % 5
    fit_head(registry.model("early-fusion"), module, replace(cohort, targets=of_four / copies), np.arange(40))
    grades = (np.arange(copies)[:, None] < of_four).astype(int).ravel()
    measured = StandardScaler().fit_transform(cohort.x.astype(np.float64).mean((2, 3, 4)) * 50 + 3)
    reference = LogisticRegression(C=1 / RIDGE / copies, class_weight="balanced")
    expected = reference.fit(np.tile(measured, (copies, 1)), grades).decision_function(measured)
    np.testing.assert_allclose(margins_of(module, cohort), expected, atol=1e-3)


def test_looks_of_a_case_weigh_as_one(registry, cohort):
    """Seen alike twice they teach what once does; seen otherwise, what both do."""
    once, twice, both = Means(), Means(), Means(bounded=True)
    rows, spec = np.arange(5, 37), registry.model("early-fusion")
    shifted = replace(cohort, x=(cohort.x[:, ::-1] * 2).astype(np.float16))
    fit_head(spec, once, cohort, rows)
    fit_head(spec, twice, replace(cohort, shifted=cohort), rows)
    np.testing.assert_allclose(margins_of(twice, cohort), margins_of(once, cohort), atol=1e-3)
    fit_head(spec, both, replace(cohort, shifted=shifted), rows)
    measured = np.concatenate([each.x[rows].astype(np.float64).mean((2, 3, 4)) * 50 + 3 for each in (cohort, shifted)])
    scaler = StandardScaler().fit(measured)
    reference = LogisticRegression(C=1 / RIDGE / 2, class_weight="balanced")
    reference.fit(scaler.transform(measured), np.tile(cohort.y[rows], 2))
    np.testing.assert_allclose(both.head.linear.weight[0].detach(), reference.coef_[0] / scaler.scale_, atol=1e-3)
    np.testing.assert_allclose(both.head.least, measured.min(0), atol=1e-3)
    np.testing.assert_allclose(both.head.most, measured.max(0), atol=1e-3)


def test_a_bounded_head_learns_the_range_of_each_measurement(registry, cohort):
    module, rows = Means(bounded=True), np.arange(5, 37)
    fit_head(registry.model("early-fusion"), module, cohort, rows)
    measured = cohort.x.astype(np.float64).mean((2, 3, 4))[rows] * 50 + 3
    np.testing.assert_allclose(module.head.least, measured.min(0), atol=1e-3)
    np.testing.assert_allclose(module.head.most, measured.max(0), atol=1e-3)


def test_a_measurement_that_hardly_varies_gets_no_weight_beyond_half_precision(registry, cohort):
    module = Constant()
    fit_head(registry.model("early-fusion"), module, cohort, np.arange(12))
    assert torch.isfinite(module.head.linear.weight.half()).all()
    assert module.head.linear.weight.abs().max() < 3000
