"""Tests of differences against their formulas, permutation, SciPy, and each other."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import roc_auc_score

from training.statistics.comparisons import Comparison, bootstrap_test, delong_test, holm, nadeau_bengio_test


def rivals(hgg, lgg, auc_a, auc_b, draws=1, seed=0):
    """Grades [N] and correlated scores a and b, [draws, N], with these true AUCs."""
    y = np.repeat([1, 0], [hgg, lgg])
    rng = np.random.default_rng(seed)
    common, *own = rng.normal(0, 1, (3, draws, len(y)))
    shift = y * np.sqrt(2)
    a, b = (np.sqrt(0.6) * common + np.sqrt(0.4) * noise for noise in own)
    return y, a + shift * stats.norm.ppf(auc_a), b + shift * stats.norm.ppf(auc_b)


def structural_components(y, score):
    """V10 and V01 of the paper, by its sums over ψ."""
    hgg, lgg = score[y == 1], score[y == 0]
    psi = [[1.0 if x > other else 0.5 if x == other else 0.0 for other in lgg] for x in hgg]
    return np.mean(psi, axis=1), np.mean(psi, axis=0)


@pytest.mark.parametrize("decimals", [9, 0])
def test_delong_is_the_papers_formula_with_its_covariance(decimals):
    y, a, b = (values.round(decimals).ravel() for values in rivals(25, 18, 0.9, 0.75))
    hgg, lgg = zip(structural_components(y, a), structural_components(y, b), strict=True)
    covariance = np.cov(hgg) / 25 + np.cov(lgg) / 18
    contrast = np.array([1, -1])
    error = np.sqrt(contrast @ covariance @ contrast)
    difference = roc_auc_score(y, a) - roc_auc_score(y, b)
    result = delong_test(y, a, b)
    assert result.difference == pytest.approx(difference)
    assert result.p_value == pytest.approx(2 * stats.norm.cdf(-abs(difference) / error))
    assert result.interval.low == pytest.approx(difference - 1.959964 * error)
    assert result.interval.high == pytest.approx(difference + 1.959964 * error)
    assert delong_test(y, b, a).p_value == pytest.approx(result.p_value)


def test_delong_of_several_trainings_compares_mean_aucs_by_mean_components():
    y, a, b = rivals(25, 18, 0.9, 0.75, draws=3)
    of_a, of_b = ([structural_components(y, score) for score in scores] for scores in (a, b))
    hgg, lgg = (np.mean([x[side] - z[side] for x, z in zip(of_a, of_b, strict=True)], axis=0) for side in (0, 1))
    error = np.sqrt(np.var(hgg, ddof=1) / 25 + np.var(lgg, ddof=1) / 18)
    result = delong_test(y, a, b)
    expected = np.mean([roc_auc_score(y, one) - roc_auc_score(y, other) for one, other in zip(a, b, strict=True)])
    assert result.difference == pytest.approx(expected)
    assert result.interval.high - result.difference == pytest.approx(1.959964 * error)


@pytest.mark.parametrize("seed", range(4))
def test_delong_agrees_with_a_permutation_of_the_models(seed):
    """Where neither is better, exchanging both models' ranks of any case changes nothing (Venkatraman & Begg 1996)."""
    y, a, b = (values.ravel() for values in rivals(60, 50, 0.85, 0.78, seed=seed))
    a, b = stats.rankdata(a), stats.rankdata(b)
    swap = np.random.default_rng(seed).random((2000, 110)) < 0.5

    def rank_sum(scores):
        return stats.rankdata(scores, axis=1)[:, y == 1].sum(axis=1)

    drawn = rank_sum(np.where(swap, b, a)) - rank_sum(np.where(swap, a, b))
    observed = rank_sum(a[None]) - rank_sum(b[None])
    assert delong_test(y, a, b).p_value == pytest.approx(np.mean(abs(drawn) >= abs(observed)), abs=0.03)


def test_delong_keeps_its_level():
    """4.8 % of 10,000 draws."""
    y, a, b = rivals(60, 50, 0.85, 0.85, draws=1000, seed=7)
    assert 0.03 < np.mean([delong_test(y, *scores).p_value < 0.05 for scores in zip(a, b, strict=True)]) < 0.07


def test_delong_keeps_its_level_where_patients_have_several_scans():
    """Three scans of 40 patients, as alike as can be. With 30 patients and a correlation of 0.8 it errs in 4.3 % of
    4,000 draws, and in 20.6 % as if each scan were another patient's."""
    y, a, b = rivals(20, 20, 0.85, 0.85, draws=1000, seed=7)
    owner = np.tile(np.arange(40), 3)
    y, a, b = np.tile(y, 3), np.tile(a, 3), np.tile(b, 3)
    errs, naive = (np.mean([delong_test(y, *scores, patients).p_value < 0.05 for scores in zip(a, b, strict=True)])
                   for patients in (owner, None))  # fmt: skip
    assert errs < 0.08
    assert naive > 0.15


def test_nothing_is_concluded_from_nothing():
    y, a, b = (values.ravel() for values in rivals(10, 8, 0.9, 0.6))
    assert delong_test(y, a, 2 * a + 1) == Comparison(0.0, None, None)
    assert delong_test(np.ones(18), a, b) == Comparison(None, None, None)
    assert bootstrap_test(np.ones(18), a, b, range(18), np.zeros(18)) == Comparison(None, None, None)
    assert nadeau_bengio_test(np.array([0.1]), 0.8) == Comparison(None, None, None)
    assert nadeau_bengio_test(np.full(3, 0.1), 0.8).p_value is None


@pytest.mark.parametrize("seed", range(3))
def test_bootstrap_agrees_with_delong_on_one_fold(seed):
    y, a, b = (values.ravel() for values in rivals(120, 100, 0.85, 0.81, seed=seed))
    ours, delong = bootstrap_test(y, a, b, range(220), np.zeros(220), draws=4000), delong_test(y, a, b)
    assert ours.difference == pytest.approx(delong.difference)
    assert ours.p_value == pytest.approx(delong.p_value, abs=0.03)
    assert ours.interval.low == pytest.approx(delong.interval.low, abs=0.006)
    assert ours.interval.high == pytest.approx(delong.interval.high, abs=0.006)
    narrower = bootstrap_test(y, a, b, range(220), np.zeros(220), level=0.5).interval
    assert narrower.low > ours.interval.low


def test_bootstrap_compares_within_folds():
    y, a, b = (values.ravel() for values in rivals(40, 30, 0.9, 0.75))
    folds = np.arange(70) % 4
    parts = [(y[folds == f], a[folds == f], b[folds == f]) for f in range(4)]
    expected = np.mean([roc_auc_score(y, a) - roc_auc_score(y, b) for y, a, b in parts])
    shifted = a + 10 * folds
    result = bootstrap_test(y, shifted, b, range(70), folds)
    assert result.difference == pytest.approx(expected)
    assert result == bootstrap_test(y, a, b, range(70), folds)
    assert result != bootstrap_test(y, a, b, range(70), folds, seed=1)


def test_bootstrap_draws_within_folds():
    """Draws across folds would leave some fold without its only LGG case, and the result without a number."""
    y, folds = np.array([0, 1, 1, 0, 1, 1]), np.repeat([0, 1], 3)
    result = bootstrap_test(y, np.array([0, 1, 2, 1, 0, 2.0]), np.array([1, 0, 2, 0, 1, 2.0]), range(6), folds)
    assert result.difference == 0
    assert result.interval.low == pytest.approx(-0.5)
    assert result.interval.high == pytest.approx(0.5)


def test_a_second_study_of_each_patient_adds_no_evidence():
    y, a, b = (values.ravel() for values in rivals(30, 20, 0.85, 0.75))
    folds = np.arange(50) % 2
    once = bootstrap_test(y, a, b, range(50), folds)
    twice = bootstrap_test(*(np.tile(values, 2) for values in (y, a, b, np.arange(50), folds)))
    assert twice == once


def test_a_patient_with_more_studies_changes_no_certain_difference():
    y = np.array([1, 1, 1, 1, 0, 0, 0])
    result = bootstrap_test(y, y.astype(float), -y.astype(float), ["a", "a", "a", "b", "c", "c", "d"], np.zeros(7))
    assert (result.difference, result.interval.low, result.interval.high) == (1, 1, 1)


def test_bootstrap_sees_what_is_there_and_nothing_in_a_model_against_itself():
    y, a, b = (values.ravel() for values in rivals(100, 80, 0.95, 0.7))
    folds = np.arange(180) % 5
    assert bootstrap_test(y, a, b, range(180), folds, draws=999).p_value == 2 / 1000
    assert bootstrap_test(y, b, a, range(180), folds, draws=999).p_value == 2 / 1000
    same = bootstrap_test(y, a, a, range(180), folds)
    assert (same.difference, same.interval.low, same.interval.high, same.p_value) == (0, 0, 0, 1)


def test_folds_of_one_grade_do_not_count():
    y, a, b = (values.ravel() for values in rivals(30, 20, 0.85, 0.75))
    folds = np.repeat([0, 1], [45, 5])
    expected = roc_auc_score(y[:45], a[:45]) - roc_auc_score(y[:45], b[:45])
    assert bootstrap_test(y, a, b, range(50), folds).difference == pytest.approx(expected)


def test_nadeau_bengio_by_hand():
    result = nadeau_bengio_test(np.array([0.02, 0.04, 0.01, 0.05]), train_share=0.75)
    error = np.sqrt((1 / 4 + 1 / 3) * 0.001 / 3)
    assert result.difference == pytest.approx(0.03)
    assert result.p_value == pytest.approx(2 * stats.t.sf(0.03 / error, 3))
    assert result.interval.low == pytest.approx(0.03 - 3.182446 * error)
    assert result.interval.high == pytest.approx(0.03 + 3.182446 * error)


def test_without_common_training_cases_nadeau_bengio_is_the_t_test():
    differences = np.random.default_rng(0).normal(-0.01, 0.03, 50)
    result, plain = nadeau_bengio_test(differences, train_share=1, level=0.9), stats.ttest_1samp(differences, 0)
    assert result.p_value == pytest.approx(plain.pvalue)
    assert result.interval.low == pytest.approx(plain.confidence_interval(0.9).low)


def test_holm_by_hand():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.9, 0.6]) == [1, 1]
    assert holm([0.02]) == [0.02]
    assert holm([]) == []


def test_holm_counts_only_what_was_tested():
    assert holm([None, 0.02, None, 0.03]) == [None, 0.04, None, 0.04]
