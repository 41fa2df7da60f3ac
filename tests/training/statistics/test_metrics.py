"""Measures against scikit-learn's and by hand."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn import metrics as sklearn

from training.statistics.metrics import auc, measure
from zoo.metrics import expected_calibration_error, wins


@pytest.fixture
def predictions():
    """200 grades, three in four HGG, with probabilities that tie now and then."""
    rng = np.random.default_rng(0)
    y = (rng.random(200) < 0.75).astype(np.int64)
    return y, np.clip(rng.normal(0.35 + 0.3 * y, 0.2), 0, 1).round(2)


@pytest.mark.parametrize("threshold", [0.5, 0.3])
def test_measures_equal_scikit_learns(predictions, threshold):
    y, p_hgg = predictions
    grade = (p_hgg >= threshold).astype(int)
    measured = measure(y, p_hgg, threshold)
    expected = {
        "cases": 200,
        "auc": sklearn.roc_auc_score(y, p_hgg),
        "accuracy": sklearn.accuracy_score(y, grade),
        "balanced_accuracy": sklearn.balanced_accuracy_score(y, grade),
        "sensitivity": sklearn.recall_score(y, grade),
        "specificity": sklearn.recall_score(y, grade, pos_label=0),
        "f1": sklearn.f1_score(y, grade),
        "brier": sklearn.brier_score_loss(y, p_hgg),
        "ece": expected_calibration_error(y, p_hgg),
    }
    assert list(measured) == list(expected)
    assert measured == pytest.approx(expected)


def test_measures_by_hand():
    y, p_hgg = np.array([1, 1, 1, 1, 0, 0]), np.array([0.5, 0.9, 0.8, 0.4, 0.6, 0.1])
    measured = measure(y, p_hgg)
    assert measured["auc"] == 6 / 8
    assert measured["sensitivity"] == 3 / 4
    assert measured["specificity"] == 1 / 2
    assert measured["f1"] == 6 / 8
    assert measured["brier"] == pytest.approx((0.25 + 0.01 + 0.04 + 0.36 + 0.36 + 0.01) / 6)


def test_each_case_can_have_its_own_threshold():
    y, p_hgg = np.array([1, 1, 0, 0]), np.array([0.3, 0.3, 0.6, 0.6])
    measured = measure(y, p_hgg, threshold=np.array([0.2, 0.4, 0.5, 0.7]))
    assert (measured["sensitivity"], measured["specificity"], measured["accuracy"]) == (0.5, 0.5, 0.5)


@pytest.mark.parametrize(
    ("grade", "missing"),
    [(1, {"auc", "balanced_accuracy", "specificity"}), (0, {"auc", "balanced_accuracy", "sensitivity", "f1"})],
)
def test_what_one_grade_alone_does_not_define_is_none(grade, missing):
    measured = measure(np.full(3, grade), np.array([0.1, 0.2, 0.3]))
    assert {name for name, value in measured.items() if value is None} == missing
    assert measured["brier"] == pytest.approx(np.mean((np.array([0.1, 0.2, 0.3]) - grade) ** 2))
    json.dumps(measured, allow_nan=False)


def test_a_win_counts_one_and_a_tie_half():
    table = wins(np.array([1, 0, 0, 1]), np.array([2.0, 2.0, 3.0, 9.0]))
    assert table.tolist() == [[0.5, 0.0], [1.0, 1.0]]


def test_the_share_of_wins_is_the_auc(predictions):
    assert wins(*predictions).mean() == pytest.approx(auc(*predictions), abs=1e-12)
