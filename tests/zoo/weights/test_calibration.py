"""Margins become log-odds by slope and intercept, and the words say what these were fitted to."""

from __future__ import annotations

import numpy as np

from zoo.weights.calibration import Calibration, calibration_for, subset_name


def test_log_odds_are_linear_in_the_margin():
    calibration = Calibration(slope=3.0, intercept=-1.0)
    assert calibration.log_odds(2.0) == 5.0
    np.testing.assert_array_equal(calibration.log_odds(np.array([0.0, 1.0])), [-1.0, 2.0])


def test_it_says_what_it_was_fitted_to():
    assert Calibration(fitted_on="300 gliomas").description == "calibrated on 300 gliomas"
    assert Calibration().description == "uncalibrated"


def test_a_subset_is_named_by_its_modalities():
    assert subset_name(["t1ce", "flair"]) == "t1ce+flair"


def test_a_study_that_lacks_modalities_gets_the_calibration_of_what_it_has():
    complete, alone = Calibration(1.5), Calibration(0.7)
    assert calibration_for(["t1ce"], complete, {"t1ce": alone}) == (alone, "t1ce")
    assert calibration_for(["t1", "t1ce"], complete, {"t1ce": alone}) == (complete, "")
