"""At another share of HGG the probability is Bayes', the grade stays, and calibration is no worse than at one half."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from zoo import Grade, ZooError
from zoo.assets.standings import read_standings
from zoo.metrics import expected_calibration_error
from zoo.types import GRADES, ModelResult
from zoo.weights.calibration import probability
from zoo.weights.prevalence import at_prevalence, expect_prevalence, predictive_values, results_at_prevalence

RESAMPLED = 200
ROUNDED = 5e-5  # half of the last digit of the probabilities that are stored
TRIED = ("guided-dual-attention.compact", "ensemble.compact", "unet-radiomics.compact", "single-t1ce.compact")


def _grade(logit=1.0, **changes):
    p_hgg = probability(logit)
    called = GRADES[p_hgg >= changes.get("threshold", 0.5)]
    grade = Grade("s", "m", called, p_hgg, logit, 0.1, (), "embedded:x", "uncalibrated", "nothing")
    return replace(grade, **changes)


def test_odds_are_multiplied_by_those_of_the_prevalence():
    grade = at_prevalence(_grade(np.log(2)), 0.75)
    assert grade.p_hgg == pytest.approx(6 / 7), "odds of 2 at 1 to 1 are 6 at 3 to 1"
    assert grade.logit == pytest.approx(np.log(6))
    assert (grade.prevalence, grade.calibrated_at) == (0.75, 0.5)


@pytest.mark.parametrize("threshold", [0.3, 0.5, 0.8])
@pytest.mark.parametrize("prevalence", [0.02, 0.25, 0.75, 0.99])
def test_whoever_is_called_hgg_still_is(threshold, prevalence):
    for logit in np.linspace(-4, 4, 41):
        grade = at_prevalence(_grade(logit, threshold=threshold), prevalence)
        assert grade.grade == GRADES[grade.p_hgg >= grade.threshold], f"log-odds {logit}"


def test_called_by_even_odds_the_threshold_is_the_prevalence():
    assert at_prevalence(_grade(), 0.75).threshold == pytest.approx(0.75)


@pytest.mark.parametrize("threshold", [0.0, 1.0])
def test_who_calls_all_or_none_goes_on(threshold):
    assert at_prevalence(_grade(threshold=threshold), 0.75).threshold == threshold


@pytest.mark.parametrize("prevalence", [None, 0.5])
def test_at_its_own_prevalence_nothing_changes(prevalence):
    assert at_prevalence(_grade(), prevalence) == _grade()


def test_a_calibration_at_another_share_is_not_shifted_twice():
    fitted = _grade(prevalence=0.75, calibrated_at=0.75)
    assert at_prevalence(fitted, 0.75) == fitted
    assert at_prevalence(fitted, 0.5).logit == pytest.approx(1 - np.log(3))


def test_of_several_results_those_with_a_grade_are_expressed(registry):
    spec = registry.model("single-t1ce")
    graded, failed = results_at_prevalence([ModelResult(spec, _grade()), ModelResult(spec, problem="no")], 0.25)
    assert graded.grade == at_prevalence(_grade(), 0.25)
    assert failed == ModelResult(spec, problem="no")


def test_predictive_values_are_those_of_a_count():
    """Of 75 HGG and 25 LGG, 60 and 5 are called HGG."""
    assert predictive_values(0.8, 0.8, 0.75) == (pytest.approx(60 / 65), pytest.approx(20 / 35))
    assert predictive_values(0.0, 1.0, 0.75) == (None, 0.25), "none is called HGG"
    assert predictive_values(None, 0.8, 0.75) == (None, None)


@pytest.mark.parametrize("prevalence", [0.5, 0.75, np.float32(0.25), 1e-300])
def test_a_share_is_a_prevalence(prevalence):
    assert expect_prevalence(prevalence) == prevalence


@pytest.mark.parametrize("wrong", [0, 1, -0.1, 1.5, 250, float("nan"), float("inf"), True, "75 %"])
def test_anything_else_is_a_sentence(wrong):
    with pytest.raises(ZooError, match=r"expected the share of HGG .* above 0 and below 1, such as 0\.75; found "):
        expect_prevalence(wrong)


def test_per_cent_are_told_how_to_be_written():
    with pytest.raises(ZooError, match=r"found 75\. Write 75 % as 0\.75, or leave it out for one half\."):
        expect_prevalence(75)


@pytest.fixture(scope="module")
def held_out():
    """Grades and probabilities of the simulated studies that trained no model, by model."""
    return {row.id: (row.y, np.clip(row.p_hgg, ROUNDED, 1 - ROUNDED)) for row in read_standings().rows}


def _errors(y, p_hgg, prevalence, seed=0):
    """Expected calibration errors of cohorts of as many studies with this share of HGG, drawn with replacement."""
    rng, hgg = np.random.default_rng(seed), round(len(y) * prevalence)
    sizes = {1: hgg, 0: len(y) - hgg}
    drawn = (
        np.concatenate([rng.choice(np.flatnonzero(y == grade), size) for grade, size in sizes.items()])
        for _ in range(RESAMPLED)
    )
    return np.array([expected_calibration_error(y[rows], p_hgg[rows]) for rows in drawn])


@pytest.mark.parametrize("prevalence", [0.25, 0.75])
@pytest.mark.parametrize("model_id", TRIED)
def test_calibration_is_no_worse_at_another_prevalence(held_out, model_id, prevalence):
    """On average within the 95 % interval of what it is at one half."""
    y, p_hgg = held_out[model_id]
    most = np.quantile(_errors(y, p_hgg, 0.5), 0.975)
    assert _errors(y, _shifted(p_hgg, prevalence), prevalence).mean() <= most


def test_calibration_is_better_than_that_of_the_same_probabilities_unshifted(held_out):
    """Over models and prevalences; a single model may err to the side of a prevalence."""
    tried = [(*held_out[model_id], prevalence) for model_id in TRIED for prevalence in (0.25, 0.75)]
    shifted, unshifted = (
        np.mean([_errors(y, p, prevalence).mean() for y, p, prevalence in probabilities])
        for probabilities in ([(y, _shifted(p, prevalence), prevalence) for y, p, prevalence in tried], tried)
    )
    assert shifted < 0.75 * unshifted


def _shifted(p_hgg, prevalence):
    log_odds = np.log(p_hgg / (1 - p_hgg))
    return np.array([at_prevalence(_grade(logit), prevalence).p_hgg for logit in log_odds])


def test_a_share_may_be_text_as_fields_hold_it():
    assert expect_prevalence("0.75") == expect_prevalence(0.75)
    assert expect_prevalence("") is None
    with pytest.raises(ZooError, match="found 'a half'"):
        expect_prevalence("a half")
