"""Every model that is meant to be trained here is, on studies of one simulator, and put where the zoo looks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from training.data.folds import shared_patients
from training.whole_zoo import build as make
from training.whole_zoo.build import WholeZoo, embed, trained_here, training_work, waves
from zoo.registry import load_registry
from zoo.weights.load import load_weights


def test_all_built_in_models_are_trained_but_those_of_full_size():
    zoo = load_registry()
    left = set(zoo.models) - {spec.id for spec in trained_here(zoo)}
    assert left == {"guided-dual-attention.paper"}


def test_models_that_others_are_made_from_come_first():
    done, specs = set(), trained_here(load_registry())
    in_waves = list(waves(specs, work=lambda spec: 0.0))
    for wave in in_waves:
        assert {name for spec in wave for name in (*spec.encoders_from.values(), *spec.members)} <= done
        done |= {spec.id for spec in wave}
    assert done == {spec.id for spec in specs}
    assert len(in_waves) == 3


def test_the_longest_training_of_a_wave_starts_first():
    specs = trained_here(load_registry())
    seconds = dict(zip((spec.id for spec in specs), np.random.default_rng(0).permutation(len(specs)), strict=True))
    for wave in waves(specs, work=lambda spec: seconds[spec.id]):
        taken = [seconds[spec.id] for spec in wave]
        assert taken == sorted(taken, reverse=True)


def test_the_work_is_the_seconds_of_a_pass_for_each_epoch(monkeypatch):
    monkeypatch.setattr(make, "seconds_a_study", lambda module, recipe: 2.0)
    zoo = load_registry()
    spec = zoo.models["early-fusion.compact"]
    assert training_work(spec) == 4.0, "early fusion gets twice the epochs"
    assert training_work(replace(spec, epochs_factor=3 * spec.epochs_factor)) == 3 * training_work(spec)
    assert training_work(zoo.models["volume-control.compact"]) == 0


def test_no_patient_is_on_two_sides(whole):
    train = [whole.cohort.cases[row] for row in (*whole.material.split.train, *whole.material.split.val)]
    assert not shared_patients(train, whole.test_cohort.cases)
    assert not shared_patients(whole.cohort.cases, whole.unseen_cohort.cases)
    assert len(whole.test_cohort.cases) > 0


def test_a_second_call_finds_what_is_there(whole, models):
    again = WholeZoo(whole.registry, whole.run_dir, whole.studies, whole.unseen, whole.options, spacing_mm=6.0)
    assert [model.revision for model in again.trained()] == [model.revision for model in models]
    assert [model.spec.id for model in models] == ["single-t1ce.compact", "volume-control.compact"]


def test_embedded_weights_are_those_that_were_trained(models, small_registry, tmp_path):
    embed(models[0], tmp_path)
    spec = small_registry.models[models[0].spec.id]
    found = load_weights(replace(spec, weights=tmp_path / f"{spec.id}.safetensors"))
    assert found.revision == models[0].revision
    assert (tmp_path / f"{spec.id}.md").read_text(encoding="utf-8").startswith(f"# {spec.title}")
