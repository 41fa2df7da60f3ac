"""Platt scaling, compared with scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator

from training.weights.fit_calibration import fit_calibration


def test_calibration_recovers_slope_and_intercept():
    rng = np.random.default_rng(0)
    margins = rng.normal(0, 3, 20_000)
    y = (rng.random(20_000) < expit(0.4 * margins - 0.7)).astype(int)
    calibration = fit_calibration(margins, y, "made-up studies")
    assert calibration.slope == pytest.approx(0.4, abs=0.02)
    assert calibration.intercept == pytest.approx(-0.7, abs=0.05)
    assert calibration.fitted_on == "made-up studies"


def test_calibration_is_scikit_learns_platt_scaling():
    rng = np.random.default_rng(1)
    margins = rng.normal(0, 2, 25)
    y = (rng.random(25) < expit(margins)).astype(int)
    calibration = fit_calibration(margins, y, "")
    scores = FrozenEstimator(_Scores().fit(margins[:, None], y))
    expected = CalibratedClassifierCV(scores, ensemble=False, cv=2).fit(margins[:, None], y)
    ours = expit(calibration.log_odds(margins))
    np.testing.assert_allclose(ours, expected.predict_proba(margins[:, None])[:, 1], atol=1e-3)


def test_a_few_cases_told_apart_do_not_make_a_model_infinitely_sure():
    calibration = fit_calibration(np.array([-3.0, -2.0, 2.0, 3.0]), np.array([0, 0, 1, 1]), "")
    assert 0.7 < expit(calibration.log_odds(3.0)) < 0.95


def test_looks_of_a_case_weigh_as_one():
    """Platt's doubt is of cases: the same ones seen twice make no model surer."""
    rng = np.random.default_rng(2)
    margins, noise = rng.normal(0, 2, (2, 30))
    y = (rng.random(30) < expit(margins)).astype(int)
    once, twice = (fit_calibration(each, y, "") for each in (margins, np.stack([margins, margins])))
    assert (twice.slope, twice.intercept) == pytest.approx((once.slope, once.intercept), rel=1e-3)
    worse = fit_calibration(np.stack([margins, margins + 2 * noise]), y, "")
    assert 0 < worse.slope < 0.9 * once.slope


def test_calibration_never_turns_the_ranking_round():
    margins, y = np.array([3.0, 2.0, 1.0, -2.0, -3.0]), np.array([0, 0, 0, 1, 1])
    calibration = fit_calibration(margins, y, "")
    p_hgg = expit(calibration.log_odds(margins))
    assert (np.diff(p_hgg) < 0).all()
    np.testing.assert_allclose(p_hgg, 2 / 5, atol=0.02)


class _Scores(ClassifierMixin, BaseEstimator):
    """Its decision function is the only feature."""

    def fit(self, x, y):
        self.classes_ = np.unique(y)
        return self

    def predict(self, x):
        return x[:, 0] > 0

    def decision_function(self, x):
        return x[:, 0]
