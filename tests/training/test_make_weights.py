"""From a cohort on disk to a weights file that the registry can use, with its record."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from training.make_weights import calibrated, describe, fit_calibration, make_weights, measure
from training.options import FitOptions
from training.simulation import write_cohort
from zoo.weights import load_weights


@pytest.fixture(scope="module")
def cohort(tmp_path_factory):
    root = tmp_path_factory.mktemp("cohort")
    write_cohort(root, cases=8, seed=3, spacing_mm=6.0, processes=1)
    return root


def test_weights_say_what_they_were_trained_on(tiny_spec, cohort, tmp_path):
    record = make_weights(tiny_spec, cohort, tiny_spec.weights, FitOptions(epochs=1), tmp_path / "work")
    loaded = load_weights(tiny_spec).record
    assert loaded == record
    assert loaded.trained_on == "4 simulated gliomas, no patient"
    assert loaded.calibration.fitted_on == "2 simulated gliomas, no patient"
    assert loaded.details["split"] == {"train": 4, "inner": 2, "held_out": 2}
    assert set(loaded.details["held_out"]) == {"cases", "auc", "accuracy", "brier"}


def test_calibration_recovers_slope_and_intercept():
    rng = np.random.default_rng(0)
    margins = rng.normal(0, 3, 20_000)
    y = (rng.random(20_000) < 1 / (1 + np.exp(-(0.4 * margins - 0.7)))).astype(int)
    calibration = fit_calibration(margins, y, "made-up studies")
    assert calibration.slope == pytest.approx(0.4, abs=0.02)
    assert calibration.intercept == pytest.approx(-0.7, abs=0.05)
    expected = LogisticRegression(C=1e6).fit(margins[:, None], y).predict_proba(margins[:5, None])[:, 1]
    np.testing.assert_allclose(calibrated(margins[:5], calibration), expected, atol=1e-6)


def test_measures_by_hand():
    measured = measure(np.array([0.1, 0.6, 0.4, 0.9]), np.array([0, 0, 1, 1]))
    assert measured == {"cases": 4, "auc": 0.75, "accuracy": 0.5, "brier": 0.185}


def test_real_cohorts_are_not_called_simulated(cohort):
    from dataclasses import replace

    from training.cohorts import load_cohort

    cases = load_cohort(cohort)
    mixed = [cases[0], replace(cases[1], site="CBICA"), replace(cases[2], site="")]
    assert describe(mixed, np.array([0])) == "1 simulated gliomas, no patient"
    assert describe(mixed, np.array([0, 1])) == "2 studies"
    assert describe(mixed, np.array([2])) == "1 studies"
