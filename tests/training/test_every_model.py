"""Each model of the zoo is trained by the one command, from a cohort on disk to weights that load and grade."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from training.data.batches import predict
from training.data.folds import split_cohort
from training.options import FitOptions
from training.weights.make import Material, make_weights
from zoo import WeightsError
from zoo.checkout import training_commands
from zoo.registry import load_registry
from zoo.weights.load import load_weights

MODELS = load_registry().models
TRAINABLE_HERE = [model_id for model_id in MODELS if not model_id.endswith(".paper")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("every-model")


@pytest.fixture(scope="module")
def material(cohort, prepared):
    """material(epochs, seed) -> what models are made from."""
    cases = cohort.cases[:8]

    def make(epochs=1, seed=0):
        options = FitOptions(epochs=epochs, seed=seed)
        return Material(cases, split_cohort(cases, seed), options, prepared)

    return make


@pytest.fixture(scope="module")
def trained(folder, material):
    """trained(id) -> the spec with weights made here; members are trained first."""
    done = {}

    def train(model_id):
        if model_id not in done:
            spec = MODELS[model_id]
            members = tuple(train(member.id) for member in spec.member_specs)
            done[model_id] = replace(spec, member_specs=members, weights=folder / f"{model_id}.safetensors")
            make_weights(done[model_id], material(len(spec.phases) or 1), folder / f"{model_id}.checkpoint")
        return done[model_id]

    return train


@pytest.mark.parametrize("model_id", TRAINABLE_HERE)
def test_is_trained_and_grades(trained, material, model_id):
    spec = trained(model_id)
    model = load_weights(spec)
    assert model.record.trained_on.endswith("simulated gliomas, no patient")
    assert spec.weights.with_suffix(".md").read_text(encoding="utf-8").startswith(f"# {spec.title}")
    cohort = material().cohort(spec.recipe)
    assert np.isfinite(predict(model.module, cohort, np.arange(3), spec.uses)).all()


def test_a_stacker_is_fitted_to_cases_that_no_member_saw(trained, folder, material, monkeypatch):
    from training.weights import make as module

    spec = trained("decision-stacked.compact")
    asked = []
    monkeypatch.setattr(module, "fit_head", lambda spec, module, cohort, rows: asked.append(rows))
    make_weights(replace(spec, weights=folder / "again.safetensors"), material(), folder / "c")
    split = material().split
    assert asked[0].tolist() == split.val.tolist()
    assert not set(asked[0]) & set(split.train)


def test_members_of_another_split_are_refused(trained, folder, material):
    spec = trained("decision-mean.compact")
    with pytest.raises(WeightsError, match=r"expected each trained on this cohort with seed 7.*Trained otherwise: sin"):
        make_weights(spec, material(seed=7), folder / "c")


def test_untrained_members_are_named(folder, material):
    spec = replace(MODELS["decision-mean.compact"], weights=folder / "never.safetensors")
    spec = replace(spec, member_specs=tuple(replace(member, weights=None) for member in spec.member_specs))
    with pytest.raises(WeightsError, match=r"Not trained yet: single-t1\.compact, single-t1ce\.compact"):
        make_weights(spec, material(), folder / "c")
    assert len(training_commands(spec)) == 5
    with pytest.raises(WeightsError, match=r"fit single-t1\.compact .*, then `python -m training fit single-t1ce"):
        load_weights(spec)


def test_a_fusion_with_members_trained_anew_must_be_fitted_anew(trained):
    spec = trained("decision-mean.compact")
    others = tuple(replace(member, weights=trained("single-t1.compact").weights) for member in spec.member_specs[:1])
    swapped = replace(spec, member_specs=(*others, *spec.member_specs[:0:-1]))
    with pytest.raises(WeightsError, match="fitted to members with the weights"):
        load_weights(swapped)


def test_weights_of_members_are_not_stored_twice(trained):
    assert trained("decision-stacked.compact").weights.stat().st_size < 10_000
