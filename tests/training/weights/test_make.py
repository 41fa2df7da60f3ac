"""From a cohort on disk to a weights file that the registry can use, with its record."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from training.data.batches import predict, predict_looks
from training.data.folds import split_cohort
from training.data.shifted import shifted_cohort
from training.fit.logistic import fit_head
from training.options import FitOptions
from training.weights import make
from training.weights.fit_calibration import fit_calibration
from training.weights.make import OTHER_SCANNERS, Material, describe, make_weights, patient_mark
from zoo import WeightsError
from zoo.weights.load import load_weights


@pytest.fixture
def cases(cohort):
    return cohort.cases[:8]


@pytest.fixture
def material(cases, prepared):
    return Material(cases, split_cohort(cases, 0), FitOptions(epochs=1), prepared)


def test_weights_say_what_they_were_trained_on(tiny_spec, material, tmp_path):
    record = make_weights(tiny_spec, material, tmp_path / "checkpoint")
    loaded = load_weights(tiny_spec).record
    assert loaded == record
    assert loaded.trained_on == "4 simulated gliomas, no patient"
    assert loaded.calibration.fitted_on == f"2 simulated gliomas, no patient{OTHER_SCANNERS}"
    assert loaded.details["split_sizes"] == {"train": 4, "inner": 2, "held_out": 2}
    for name in ("held_out", "held_out_shifted"):
        assert {"cases", "auc", "accuracy", "brier", "ece", "sensitivity", "specificity"} < set(loaded.details[name])
    assert (loaded.details["epochs"], loaded.details["order"]) == (2, ["t1ce"])
    assert loaded.subsets == {}, "it can't do without T1ce"
    assert tiny_spec.weights.with_suffix(".md").is_file()


def test_without_a_share_of_other_scanners_none_is_asked(tiny_spec, material, tmp_path, monkeypatch):
    monkeypatch.setattr(make, "shifted_cohort", lambda *arguments: pytest.fail("asked"))
    material = replace(material, options=replace(material.options, broad_graded=0))
    record = make_weights(tiny_spec, material, tmp_path / "checkpoint")
    assert "held_out_shifted" not in record.details
    assert record.calibration.fitted_on == "2 simulated gliomas, no patient"
    assert "other scanners" not in tiny_spec.weights.with_suffix(".md").read_text(encoding="utf-8")


def test_a_model_without_a_file_for_its_weights_is_not_trained(tiny_spec, material, tmp_path):
    material = replace(material, prepared=tmp_path / "prepared")
    with pytest.raises(WeightsError, match="expected `weights`, the file to write, found None"):
        make_weights(replace(tiny_spec, weights=None), material, tmp_path / "checkpoint")
    assert not material.prepared.exists()


def test_weights_know_what_fewer_modalities_tell(registry, material, tmp_path):
    spec = replace(registry.model("volume-control"), weights=tmp_path / "volume.safetensors")
    make_weights(spec, material, tmp_path / "checkpoint")
    record = load_weights(spec).record
    assert len(record.subsets) == 14
    assert (
        record.subsets["t1+flair"].fitted_on == f"2 simulated gliomas, no patient{OTHER_SCANNERS}, with T1, FLAIR alone"
    )
    assert record.details["subsets"]["t1+flair"]["cases"] == 2


def test_probabilities_are_calibrated_on_the_validation_cases_and_their_other_looks(
    tiny_spec, material, tmp_path, monkeypatch
):
    given = []
    monkeypatch.setattr(make, "fit_calibration", lambda *seen: given.append(seen) or fit_calibration(*seen))
    record = make_weights(tiny_spec, material, tmp_path / "checkpoint")
    cohort, val = material.cohort(tiny_spec.recipe), material.split.val
    looks = replace(cohort, shifted=shifted_cohort(cohort, tiny_spec.recipe, material.prepared))
    margins, y, _ = given[0]
    expected = predict_looks(load_weights(tiny_spec).module, looks, val, tiny_spec.uses)
    assert not np.allclose(*expected)
    np.testing.assert_allclose(margins, expected, atol=0.01)
    assert y.tolist() == cohort.y[val].tolist()
    assert record.calibration == fit_calibration(*given[0])


def test_weights_know_their_patients_without_naming_them(tiny_spec, material, cases, tmp_path):
    record = make_weights(tiny_spec, material, tmp_path / "checkpoint")
    split = material.split
    marks = {patient_mark(cases[row].patient) for row in (*split.train, *split.val)}
    assert set(record.details["patients"]) == marks
    assert not {patient_mark(cases[row].patient) for row in split.test} & marks
    assert cases[split.train[0]].patient not in tiny_spec.weights.read_bytes().decode("latin-1")


def test_real_cohorts_are_not_called_simulated(cases):
    mixed = [cases[0], replace(cases[1], site="CBICA"), replace(cases[2], site="")]
    assert describe(mixed, np.array([0])) == "1 simulated gliomas, no patient"
    assert describe(mixed, np.array([0, 1])) == "2 studies"
    assert describe(mixed, np.array([2])) == "1 studies"


def test_measurements_of_regions_learned_from_patches_are_fitted_by_logistic_regression(registry, material, tmp_path):
    spec = replace(registry.model("unet-radiomics"), weights=tmp_path / "unet.safetensors", options={"width": 8})
    record = make_weights(spec, material, tmp_path / "checkpoint")
    module, rows = load_weights(spec).module, material.split.train
    kept = predict(module, material.cohort(spec.recipe), rows, spec.uses)
    fit_head(spec, module, material.cohort_to_train(spec), rows)
    np.testing.assert_allclose(predict(module, material.cohort(spec.recipe), rows, spec.uses), kept, atol=0.05)
    assert record.details["epochs"] == 3
