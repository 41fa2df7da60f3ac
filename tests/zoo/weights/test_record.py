"""A record knows which calibration suits a study's modalities, and how far off such probabilities were."""

from __future__ import annotations

from zoo.weights.calibration import Calibration
from zoo.weights.record import TrainingRecord

COMPLETE, T1CE = Calibration(1.5, 0.1, "complete studies"), Calibration(0.7, -0.2, "T1ce alone")
DETAILS = {"held_out": {"ece": 0.05}, "subsets": {"t1ce": {"ece": 0.08}}, "members": ["embedded:ab"]}
RECORD = TrainingRecord("gliomas", COMPLETE, details=DETAILS, subsets={"t1ce": T1CE})


def test_a_subset_that_was_fitted_has_its_own_calibration_and_error():
    assert RECORD.calibrated_for(["t1ce"]) == (T1CE, 0.08)


def test_any_other_has_that_of_complete_studies():
    assert RECORD.calibrated_for(["t1", "t1ce"]) == (COMPLETE, 0.05)


def test_what_nobody_measured_is_none():
    assert TrainingRecord("gliomas", COMPLETE).calibrated_for(["t1"]) == (COMPLETE, None)
    assert (RECORD.members, TrainingRecord("gliomas").members) == (["embedded:ab"], [])
