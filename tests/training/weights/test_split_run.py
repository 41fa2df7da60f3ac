"""On one split each model is trained once, with members and models of that split."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace

import pytest
import torch
from sklearn.metrics import roc_auc_score

from training.weights import split_run as module
from training.weights.split_run import SplitRun
from zoo import MODALITIES
from zoo.types.roles import SINGLE_MODALITY_MODELS


@pytest.fixture
def run(material, tmp_path):
    return SplitRun(material, tmp_path)


def test_a_model_is_trained_once(run, small, monkeypatch):
    spec = small("single-t1ce", width=4)
    first = run.trained(spec)
    monkeypatch.setattr(module, "make_weights", lambda *arguments: pytest.fail("trained again"))
    assert run.trained(spec).revision == first.revision
    assert not list(run.home.glob("*.checkpoint"))


def test_what_another_process_has_trained_meanwhile_is_not_trained_again(run, small, monkeypatch):
    spec = small("single-t1ce", width=4)
    trained = run.trained(spec).spec.weights
    away = trained.with_suffix(".away")
    trained.rename(away)

    @contextmanager
    def waited(path):
        away.rename(trained)
        yield

    monkeypatch.setattr(module, "claimed", waited)
    monkeypatch.setattr(module, "make_weights", lambda *arguments: pytest.fail("trained again"))
    assert run.trained(spec).spec.weights == trained


def test_readings_splits_and_options_do_not_meet(run, small):
    spec = small("single-t1ce", width=4)
    wider = run.trained(small("single-t1ce", width=8)).spec.weights
    shorter = run.trained(replace(spec, phases=spec.phases[-1:])).spec.weights
    assert len({run.trained(spec).spec.weights, wider, shorter}) == 3
    other_split = replace(run.material, split=replace(run.material.split, val=run.material.split.val[:-1]))
    other_options = replace(run.material, options=replace(run.material.options, seed=5))
    homes = {SplitRun(material, run.folder).home for material in (run.material, other_split, other_options)}
    assert len(homes) == 3


def test_a_name_of_the_split_is_only_a_name(run):
    renamed = replace(run.material, split=replace(run.material.split, name="another"))
    assert SplitRun(renamed, run.folder).home == run.home


def test_members_are_trained_on_the_same_split(run, small, registry):
    members = tuple(small(f"single-{modality}", width=4) for modality in MODALITIES)
    spec = replace(registry.model("decision-stacked"), recipe=members[0].recipe, member_specs=members)
    model = run.trained(spec)
    assert model.record.details["members"] == [run.trained(member).revision for member in members]


def test_encoders_start_as_those_trained_on_the_same_split(run, small, registry, monkeypatch):
    donor = small("single-t2", width=4)
    monkeypatch.setattr(module, "load_registry", lambda: replace(registry, models=registry.models | {donor.id: donor}))
    spec = replace(small("early-fusion", width=4), encoders_from={"encoder": donor.id})
    expected = run.trained(donor).module.encoder.state_dict()
    found = run.encoders(spec)["encoder"]
    assert all(torch.equal(found[name], value) for name, value in expected.items())
    passed = []
    monkeypatch.setattr(module, "make_weights", lambda *arguments: passed.extend(arguments) or 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run.trained(spec)
    assert passed[-1].keys() == {"encoder"}


def test_encoders_and_order_can_come_from_another_run(run, small, registry, monkeypatch):
    models = {name: small(name, width=4) for name in SINGLE_MODALITY_MODELS.values()}
    monkeypatch.setattr(module, "load_registry", lambda: replace(registry, models=registry.models | models))
    reseeded = replace(run.material, options=replace(run.material.options, seed=5))
    ours = replace(run, material=reseeded, donors=run)
    spec = replace(small("early-fusion", width=4), encoders_from={"encoder": "single-t2.compact"})
    assert ours.alone() == run.alone()
    given, own = ours.encoders(spec)["encoder"], run.trained(models["single-t2.compact"]).module.encoder.state_dict()
    assert all(torch.equal(given[name], value) for name, value in own.items())
    assert not ours.home.exists()
    assert ours.home != SplitRun(reseeded, run.folder).home


def test_modalities_are_ranked_on_the_validation_cases(run, small, registry, monkeypatch):
    models = {name: small(name, width=4) for name in SINGLE_MODALITY_MODELS.values()}
    monkeypatch.setattr(module, "load_registry", lambda: replace(registry, models=registry.models | models))
    alone = run.alone()
    assert list(alone) == list(MODALITIES)
    model = run.trained(models["single-t2.compact"])
    y = run.material.cohort(model.spec.recipe).y[run.material.split.val]
    assert alone["t2"] == roc_auc_score(y, run.log_odds(model, "val"))
