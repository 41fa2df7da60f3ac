"""The zoo from Python: what the command line says, as objects."""

from __future__ import annotations

import os
from dataclasses import replace

import nibabel as nib
import numpy as np
import pytest
import torch

import zoo

pytestmark = pytest.mark.usefixtures("trained_zoo")


@pytest.fixture
def study(make_study):
    return make_study()


def test_models_are_listed_by_pattern_and_state(registry):
    assert zoo.list_models() == list(registry.models)
    assert zoo.list_models("single-t1*") == [
        "single-t1.compact",
        "single-t1ce.compact",
        "single-t1ce-attention.compact",
    ]
    assert zoo.list_models("*.paper", trained=True) == []
    assert zoo.list_models("guided-*", trained=False) == ["guided-dual-attention.paper"]
    assert zoo.list_models("*-control.*", trained=True) == ["volume-control.compact", "delta-control.compact"]
    assert zoo.list_models("resnet*") == []
    assert zoo.list_models("SINGLE-*") == []


def test_an_id_without_its_tag_is_listed_by_its_full_id():
    assert zoo.list_models("ensemble") == ["ensemble.compact"]


def test_a_model_comes_with_recipe_and_calibration():
    model = zoo.load_model("single-t1ce")
    assert not model.module.training
    shape = model.spec.recipe.shape
    logits = model.module(torch.zeros(1, 4, *shape), torch.ones(1, 4, dtype=torch.bool))
    assert logits.shape == (1, 2)
    assert model.record.calibration.log_odds(0.0) == model.record.calibration.intercept


def test_each_loading_gives_a_module_of_its_own(study):
    before = zoo.grade(study, "single-t1ce").logit
    model = zoo.load_model("single-t1ce")
    for parameter in model.module.parameters():
        parameter.zero_()
    assert zoo.grade(study, "single-t1ce").logit == pytest.approx(before)


@pytest.mark.parametrize("kind", ["text", "path", "entry", "files", "by_modality"])
def test_a_study_is_given_in_any_form(study, kind):
    files = sorted(study.iterdir())
    by_modality = {path.name.removesuffix(".nii.gz").rpartition("_")[2]: str(path) for path in files}
    (entry,) = [entry for entry in os.scandir(study.parent) if entry.name == study.name]
    source = {"text": str(study), "path": study, "entry": entry, "files": files, "by_modality": by_modality}[kind]
    given, expected = zoo.grade(source, "single-t1ce"), zoo.grade(study, "single-t1ce")
    assert replace(given, seconds=0) == replace(expected, seconds=0)


def test_what_cannot_be_answered_is_a_sentence(make_study, tmp_path):
    only_t2 = make_study(("t2",))
    with pytest.raises(zoo.StudyError, match="No reader knows this input"):
        zoo.grade(tmp_path / "nowhere", "single-t1ce")
    with pytest.raises(zoo.Refused, match="needs T1ce"):
        zoo.grade(only_t2, "single-t1ce")
    with pytest.raises(zoo.Refused, match="needs T1ce"):
        zoo.explain(only_t2, "single-t1ce")
    with pytest.raises(zoo.WeightsError, match="not trained yet"):
        zoo.load_model("guided-dual-attention.paper")
    with pytest.raises(zoo.PluginError, match="No model is called 'nonsense'"):
        zoo.grade(tmp_path / "nowhere", "nonsense")
    with pytest.raises(zoo.PluginError, match="No explainer is called 'nonsense'"):
        zoo.explain(tmp_path / "nowhere", "single-t1ce", "nonsense")
    with pytest.raises(zoo.WeightsError, match="expected a weights file, found none"):
        zoo.load_model(f"file:{tmp_path / 'none.safetensors'}")


def test_weights_of_a_file_are_a_model_too(study, equipped_models):
    path = equipped_models["single-t1ce.compact"].weights
    answer = zoo.grade(study, f"file:{path}")
    assert answer.model.startswith("single-t1ce.compact@")
    assert answer.p_hgg == pytest.approx(zoo.grade(study, "single-t1ce").p_hgg)


def test_a_map_is_saved_on_the_study_s_grid(study, tmp_path):
    opened = zoo.open_study(study)
    explanation = zoo.explain(opened, "single-t1ce")
    opened.save(explanation, tmp_path / "heat.nii.gz")
    heat, scan = nib.load(tmp_path / "heat.nii.gz"), nib.load(study / "case1_t1.nii.gz")
    assert heat.shape == (*scan.shape, 4)
    np.testing.assert_allclose(heat.affine, scan.affine)
    assert heat.get_fdata().any()


def test_regions_are_found_in_a_source_or_an_open_study(study, tmp_path):
    opened = zoo.open_study(study)
    found, again = zoo.segment(opened, "early-fusion"), zoo.segment(study, "early-fusion")
    np.testing.assert_array_equal(found.labels, again.labels)
    assert zoo.segment(opened).model == "unet-radiomics.compact"
    opened.save_regions(found, tmp_path / "mask.nii.gz")
    assert nib.load(tmp_path / "mask.nii.gz").shape == nib.load(study / "case1_t1.nii.gz").shape
    with pytest.raises(zoo.PluginError, match="found one that only grades"):
        zoo.segment(opened, "delta-control")


def test_models_of_the_environment_belong_to_the_zoo(published, monkeypatch, study):
    monkeypatch.setenv("GLIOMA_ZOO_MODELS", str(published))
    assert published.model_id in zoo.list_models()
    assert zoo.load_model(published.model_id).spec.source == str(published)


def test_calls_are_documented_with_an_example_and_what_they_raise():
    for call in (zoo.list_models, zoo.load_model, zoo.open_study, zoo.grade, zoo.explain, zoo.segment):
        assert ">>> " in call.__doc__, call.__name__
        assert "Raises" in call.__doc__ or call is zoo.list_models
