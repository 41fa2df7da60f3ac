"""From a cohort on disk to a weights file that the registry can use, with its record."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator

from training.batches import predict
from training.cohorts import load_cohort
from training.folds import split_cohort
from training.make_weights import Material, describe, fit_calibration, make_weights, patient_mark
from training.options import FitOptions
from training.simulation import write_cohort
from zoo.weights import load_weights


@pytest.fixture(scope="module")
def cases(tmp_path_factory):
    root = tmp_path_factory.mktemp("cohort")
    write_cohort(root, cases=8, seed=3, spacing_mm=6.0, processes=1)
    return load_cohort(root).cases


@pytest.fixture
def material(cases, tmp_path):
    return Material(cases, split_cohort(cases, 0), FitOptions(epochs=1), tmp_path / "prepared")


def test_weights_say_what_they_were_trained_on(tiny_spec, material, tmp_path):
    record = make_weights(tiny_spec, material, tmp_path / "checkpoint")
    loaded = load_weights(tiny_spec).record
    assert loaded == record
    assert loaded.trained_on == "4 simulated gliomas, no patient"
    assert loaded.calibration.fitted_on == "2 simulated gliomas, no patient"
    assert loaded.details["split_sizes"] == {"train": 4, "inner": 2, "held_out": 2}
    assert {"cases", "auc", "accuracy", "brier"} < set(loaded.details["held_out"])
    assert (loaded.details["epochs"], loaded.details["order"]) == (2, ["t1ce"])
    assert tiny_spec.weights.with_suffix(".md").is_file()


def test_probabilities_are_calibrated_on_the_inner_cases(tiny_spec, material, tmp_path):
    material = replace(material, split=replace(material.split, inner=material.split.train, train=material.split.inner))
    record = make_weights(tiny_spec, material, tmp_path / "checkpoint")
    cohort, inner = material.cohort(tiny_spec.recipe), material.split.inner
    margins = predict(load_weights(tiny_spec).module, cohort, inner, tiny_spec.uses)
    expected = fit_calibration(margins, cohort.y[inner], "")
    found = record.calibration
    assert (found.slope, found.intercept) == pytest.approx((expected.slope, expected.intercept), rel=0.05)


def test_weights_know_their_patients_without_naming_them(tiny_spec, material, cases, tmp_path):
    record = make_weights(tiny_spec, material, tmp_path / "checkpoint")
    split = material.split
    marks = {patient_mark(cases[row].patient) for row in (*split.train, *split.inner)}
    assert set(record.details["patients"]) == marks
    assert not {patient_mark(cases[row].patient) for row in split.held_out} & marks
    assert cases[split.train[0]].patient not in tiny_spec.weights.read_bytes().decode("latin-1")


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


def test_real_cohorts_are_not_called_simulated(cases):
    mixed = [cases[0], replace(cases[1], site="CBICA"), replace(cases[2], site="")]
    assert describe(mixed, np.array([0])) == "1 simulated gliomas, no patient"
    assert describe(mixed, np.array([0, 1])) == "2 studies"
    assert describe(mixed, np.array([2])) == "1 studies"
