"""Alike crops can't be told apart, unlike ones can, and no patient is on both sides."""

from __future__ import annotations

import numpy as np
import pytest

from training.cohorts import CohortError
from training.realism.classifier_two_sample import FOLDS, TELLING, c2st_auc, deal_patients
from training.realism.intensities import CHANNELS
from training.realism.textures import FEATURES, feature_names


def _told(shift, own=0.0, patients=8, crops=10):
    """AUCs where real features are `shift` from simulated ones, and each patient's `own` apart."""
    rng = np.random.default_rng(0)
    kinds = [True] * patients + [False] * patients
    features = []
    for real in kinds:
        crop = rng.normal(0, 1, (crops, len(CHANNELS), len(FEATURES))) + own * rng.normal(0, 1, (1, len(CHANNELS), 1))
        crop[:, 2, 3] += shift * real
        features.append(crop)
    return c2st_auc(features, kinds, [f"p{n}" for n in range(2 * patients)], seed=0)


def test_alike_crops_are_not_told_apart():
    assert _told(0)["all"]["value"] == pytest.approx(0.5, abs=0.12)


def test_crops_of_a_patient_resemble_each_other_and_that_helps_nothing():
    """With patients split between training and test this would be near 1."""
    assert _told(0, own=3.0)["all"]["value"] < 0.75


def test_unlike_crops_are_told_apart_by_what_differs():
    told = _told(4.0)
    assert told["all"]["value"] > 0.95
    assert told["by_channel"]["t2"]["value"] > 0.95
    assert told["by_channel"]["t1"]["value"] < 0.65
    assert told["by_feature"][FEATURES[3]]["value"] > 0.95
    assert told["most_telling"][0] == f"t2 {FEATURES[3]}"
    assert len(told["most_telling"]) == TELLING
    assert told["crops"] == {"real": 80, "simulated": 80}
    assert feature_names().index(told["most_telling"][0]) == 2 * len(FEATURES) + 3


def test_patients_stay_together_and_every_fold_has_both_kinds():
    patients = ["a", "a", "b", "c", "d", "e", "w", "x", "y", "z", "z"]
    real = [True] * 6 + [False] * 5
    folds = deal_patients(patients, real, seed=0)
    assert folds[0] == folds[1]
    assert folds[-1] == folds[-2]
    for fold in range(FOLDS):
        assert {real[i] for i in np.flatnonzero(folds == fold)} == {True, False}


def test_who_is_in_both_cohorts_has_one_fold():
    patients = ["a", "b", "c", "d"]
    folds = deal_patients([*patients, *patients, "x", "y"], [True] * 4 + [False] * 6, seed=0)
    np.testing.assert_array_equal(folds[:4], folds[4:8])
    assert sorted(folds[:4]) == list(range(4))


def test_two_patients_of_each_kind_are_the_least():
    assert set(deal_patients(["a", "b", "x", "y"], [True, True, False, False], 0)) == {0, 1}
    with pytest.raises(
        CohortError, match=r"at least two real and two simulated patients .* found 1 and 2; add studies"
    ):
        deal_patients(["a", "a", "x", "y"], [True, True, False, False], 0)
