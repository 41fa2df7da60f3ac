"""Measures and curves against scikit-learn's and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics as sklearn
from sklearn.calibration import calibration_curve

from zoo.metrics import area_under, brier, expected_calibration_error, rank_intervals, reliability, roc_curve


@pytest.fixture
def predictions():
    """200 grades, three in four HGG, with probabilities that tie now and then."""
    rng = np.random.default_rng(0)
    y = (rng.random(200) < 0.75).astype(np.int64)
    return y, np.clip(rng.normal(0.35 + 0.3 * y, 0.2), 0, 1).round(2)


def test_the_roc_curve_and_its_area_are_scikit_learns(predictions):
    curve = roc_curve(*predictions)
    false_positive, true_positive, _ = sklearn.roc_curve(*predictions, drop_intermediate=False)
    np.testing.assert_allclose(curve, (false_positive, true_positive))
    assert area_under(curve) == pytest.approx(sklearn.roc_auc_score(*predictions), abs=1e-12)


def test_cases_that_tie_are_called_together():
    curve = roc_curve(np.array([1, 0, 0, 1]), np.array([0.5, 0.5, 0.5, 0.9]))
    np.testing.assert_allclose(curve, ([0, 0, 1], [0, 0.5, 1]))
    assert area_under(curve) == 0.75


def test_the_brier_score_is_scikit_learns(predictions):
    assert brier(*predictions) == pytest.approx(sklearn.brier_score_loss(*predictions))


def test_calibration_error_by_hand():
    y, p_hgg = np.array([0, 1, 1, 1, 0]), np.array([0.12, 0.18, 0.91, 0.95, 0.99])
    assert reliability(y, p_hgg) == [pytest.approx((0.15, 1 / 2, 2)), pytest.approx((0.95, 2 / 3, 3))]
    expected = 2 / 5 * abs(0.15 - 1 / 2) + 3 / 5 * abs(0.95 - 2 / 3)
    assert expected_calibration_error(y, p_hgg) == pytest.approx(expected)
    assert expected_calibration_error(y, p_hgg, bins=1) == pytest.approx(abs(p_hgg.mean() - 3 / 5))


@pytest.mark.parametrize("bins", [5, 10])
def test_reliability_is_scikit_learns_curve_with_counts(predictions, bins):
    rows = reliability(*predictions, bins)
    share, mean_p = calibration_curve(*predictions, n_bins=bins)
    np.testing.assert_allclose([row.share_hgg for row in rows], share)
    np.testing.assert_allclose([row.mean_p_hgg for row in rows], mean_p)
    assert sum(row.cases for row in rows) == 200


def test_probabilities_0_and_1_have_a_bin():
    assert reliability(np.array([0, 1]), np.array([0.0, 1.0])) == [(0, 0, 1), (1, 1, 1)]


@pytest.mark.parametrize(("cases", "error"), [(28, 0.18), (1000, 0.03)])
def test_a_perfect_model_seems_miscalibrated_on_few_cases(cases, error):
    rng = np.random.default_rng(0)
    p_hgg = rng.random((300, cases))
    y = (rng.random(p_hgg.shape) < p_hgg).astype(int)
    errors = [expected_calibration_error(*row) for row in zip(y, p_hgg, strict=True)]
    assert np.mean(errors) == pytest.approx(error, rel=0.1)


def test_places_are_those_of_weighted_aucs_in_the_same_samples(predictions):
    y, first = predictions
    rng = np.random.default_rng(3)
    models = [first, np.clip(first + rng.normal(0, 0.1, 200), 0, 1), rng.random(200)]
    drawn = np.random.default_rng(5)
    lgg, hgg = (drawn.multinomial(n, np.full(n, 1 / n), 40) for n in np.bincount(y))
    weights = np.zeros((40, 200))
    weights[:, y == 0], weights[:, y == 1] = lgg, hgg
    aucs = np.array([[sklearn.roc_auc_score(y, p_hgg, sample_weight=each) for each in weights] for p_hgg in models])
    places = 1 + (aucs[None] > aucs[:, None] + 1e-12).sum(axis=1)
    expected = [tuple(np.quantile(each, [0.025, 0.975], method="nearest")) for each in places]
    assert rank_intervals(y, models, draws=40, seed=5) == expected
    assert expected[2] == (3, 3)
    assert expected[0][0] == 1


def test_equals_share_a_place(predictions):
    y, p_hgg = predictions
    assert rank_intervals(y, [p_hgg, p_hgg, 1 - p_hgg]) == [(1, 1), (1, 1), (3, 3)]
