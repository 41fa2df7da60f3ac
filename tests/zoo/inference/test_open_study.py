"""One study for many models: prepared once, encoded once, refused by name."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from zoo import Attribution, Explanation, Finding, PluginError, Refused
from zoo.blocks import cached_activations
from zoo.inference.open_study import OpenStudy, open_study
from zoo.study.prepare import prepare
from zoo.weights.load import TrainedModel, build_module
from zoo.weights.record import TrainingRecord


def _open(volumes, *findings):
    """A study of which the checks find this."""
    return OpenStudy(SimpleNamespace(check=lambda volumes, prepare: findings), volumes)


@pytest.fixture
def model(tiny_spec):
    return TrainedModel(tiny_spec, build_module(tiny_spec).eval().requires_grad_(False), TrainingRecord("x"), "test")


def test_models_of_one_encoder_encode_once(volumes, model):
    study, calls = _open(volumes), []
    model.module.encoder.stem[0].register_forward_hook(lambda *_: calls.append("encoded"))
    first = study.grade(model)
    assert "encoded" in calls
    calls.clear()
    again = study.grade(model)
    assert "encoded" not in calls
    assert again.logit == first.logit


def test_recipes_are_prepared_once(volumes, model, monkeypatch):
    prepared = []
    monkeypatch.setattr("zoo.study.prepare.prepare", lambda *arguments: prepared.append(1) or prepare(*arguments))
    study = _open(volumes)
    for _ in range(2):
        study.grade(model)
    assert len(prepared) == 1


def test_findings_of_the_checks_stand_beside_the_grade_or_in_its_place(volumes, model, registry):
    warned = _open(replace(volumes, remarks=("one file left out",)), Finding("warning", "odd contrast"))
    assert "odd contrast" in warned.grade(model).warnings
    assert warned.grade(model).remarks == ("one file left out",)
    refused = _open(volumes, Finding("refusal", "no brain"))
    with pytest.raises(Refused, match="no brain"):
        refused.grade(model)
    with pytest.raises(Refused, match="no brain"):
        refused.explain(model, registry.explainer("grad-cam"))


@pytest.mark.parametrize("output", ["voxels", "modalities"])
def test_explainers_by_gradients_get_them_after_grading(volumes, model, registry, output):
    """What was remembered without gradients must not answer an explainer that wants some."""

    def explain(question, progress):
        x = question.x.clone().requires_grad_()
        question.margin(x).sum().backward()
        values = (x.grad.abs().sum((0, 2, 3, 4)) if output == "modalities" else x.grad[0]).numpy()
        assert values.any()
        return Attribution(values)

    study = _open(volumes)
    study.grade(model)
    spec = replace(registry.explainer("grad-cam"), explain=explain, output=output)
    assert study.explain(model, spec).values.any()


def test_only_maps_can_be_saved(volumes, tmp_path):
    numbers = Explanation("s", "m", "modality-shapley", np.zeros(4, np.float32), np.eye(4))
    with pytest.raises(PluginError, match="one number a modality"):
        _open(volumes).save(numbers, tmp_path / "heat.nii.gz")
    assert not list(tmp_path.iterdir())


def test_a_study_is_read_and_checked(registry, make_study):
    study = open_study(registry, make_study(("t1ce",)))
    assert study.volumes.modalities == ("t1ce",)
    assert study.findings == tuple(registry.check(study.volumes, prepare))


def test_what_a_check_prepared_and_encoded_is_there_for_the_models(volumes, model, monkeypatch):
    prepared, encoded = [], []
    monkeypatch.setattr("zoo.study.prepare.prepare", lambda *arguments: prepared.append(1) or prepare(*arguments))
    model.module.encoder.stem[0].register_forward_hook(lambda *_: encoded.append(1))

    def check(volumes, prepare):
        seen = prepare(volumes, model.spec.recipe)
        with torch.inference_mode(), cached_activations(model.module):
            model.module(torch.from_numpy(seen.x), torch.from_numpy(seen.present))
        return []

    OpenStudy(SimpleNamespace(check=check), volumes).grade(model)
    assert (len(prepared), len(encoded)) == (1, 1)
