"""Each subset of modalities gets the calibration that its margins call for, compared with cases that have no more."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.special import expit

from training.data.batches import predict
from training.data.folds import Split
from training.data.prepared_cohort import PreparedCohort
from training.statistics.metrics import measure
from training.weights.fit_calibration import fit_calibration
from training.weights.subset_calibration import calibrated_subsets, gradable, subset_margins
from zoo.weights.load import build_module

CASES = 12
SPLIT = Split(train=np.arange(0), val=np.arange(0, 6), test=np.arange(6, CASES))


@pytest.fixture(scope="module")
def spec(registry):
    found = registry.model("hemis-fusion")
    return replace(found, options={**found.options, "width": 4})


@pytest.fixture(scope="module")
def module(spec):
    torch.manual_seed(0)
    return build_module(spec).eval()


@pytest.fixture
def cohort():
    rng = np.random.default_rng(0)
    x = rng.normal(0, 1, (CASES, 4, 8, 32, 32)).astype(np.float16)
    regions = np.zeros((CASES, 3, 8, 8, 8), np.float16)
    y = np.arange(CASES) % 2
    return PreparedCohort(x, np.ones((CASES, 4), bool), regions, y, y)


def test_a_subset_holds_what_the_model_needs_and_never_all(registry):
    assert len(gradable(registry.model("hemis-fusion"))) == 14
    assert gradable(registry.model("single-t1")) == []
    guided = gradable(registry.model("guided-dual-attention"))
    assert guided[:3] == [("t1ce",), ("t1", "t1ce"), ("t1ce", "t2")]
    assert len(guided) == 7


def test_margins_are_those_of_a_study_with_no_more(spec, module, cohort):
    found = subset_margins(spec, module, cohort, SPLIT.val)
    assert set(found) == set(gradable(spec))
    for names, margins in found.items():
        np.testing.assert_allclose(margins, predict(module, cohort, SPLIT.val, names), atol=1e-5)
    assert not np.allclose(found["t1",], found["flair",])


def test_fitted_to_validation_cases_and_measured_on_others(spec, module, cohort):
    fitted, measures = calibrated_subsets(spec, module, cohort, SPLIT, "6 cases")
    calibration = fit_calibration(predict(module, cohort, SPLIT.val, ["t1ce", "t2"]), cohort.y[SPLIT.val], "")
    p_hgg = expit(calibration.log_odds(predict(module, cohort, SPLIT.test, ["t1ce", "t2"])))
    assert fitted["t1ce+t2"].slope == pytest.approx(calibration.slope, rel=1e-3)
    assert fitted["t1ce+t2"].fitted_on == "6 cases, with T1ce, T2 alone"
    assert measures["t1ce+t2"] == pytest.approx(measure(cohort.y[SPLIT.test], p_hgg), rel=1e-3)


def test_cases_that_lack_something_themselves_are_left_out(spec, module, cohort):
    cohort.present[SPLIT.test[:2], 0] = False
    _, measures = calibrated_subsets(spec, module, cohort, SPLIT, "6 cases")
    assert {found["cases"] for found in measures.values()} == {4}
    cohort.present[SPLIT.test, 0] = cohort.y[SPLIT.test] == 1
    assert calibrated_subsets(spec, module, cohort, SPLIT, "6 cases") == ({}, {}), "only one grade is left"


def test_fitted_to_all_looks_of_the_validation_cases(spec, module, cohort):
    shifted = replace(cohort, x=cohort.x[::-1])
    fitted, measures = calibrated_subsets(spec, module, replace(cohort, shifted=shifted), SPLIT, "6 cases, seen twice")
    margins = np.stack([predict(module, each, SPLIT.val, ["t1ce", "t2"]) for each in (cohort, shifted)])
    calibration, found = fit_calibration(margins, cohort.y[SPLIT.val], ""), fitted["t1ce+t2"]
    assert (found.slope, found.intercept) == pytest.approx((calibration.slope, calibration.intercept), rel=1e-3)
    p_hgg = expit(found.log_odds(predict(module, cohort, SPLIT.test, ["t1ce", "t2"])))
    assert measures["t1ce+t2"] == pytest.approx(measure(cohort.y[SPLIT.test], p_hgg), rel=1e-3)
