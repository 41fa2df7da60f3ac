"""Readings of one model from several seeds on the same encoders, and what the statistics say of them."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from training.evaluation.arms import Arm
from training.fit.modality_order import as_given
from training.weights.split_run import SplitRun
from training.whole_zoo import ablation as module
from training.whole_zoo.ablation import ablations, compared
from zoo.assets.typed_json import to_json


@pytest.fixture
def donors(whole, models, tmp_path):
    return SplitRun(whole.material, tmp_path)


@pytest.fixture
def arms(small_registry, monkeypatch):
    spec = small_registry.models["single-t1ce.compact"]
    wide, thin = (replace(spec, options={**spec.options, "width": width}) for width in (4, 2))
    made = {"ablation": [Arm("as it is", wide), Arm("thin", thin)], "order": [Arm("again", wide, as_given)]}
    monkeypatch.setattr(module, "EXPERIMENTS", {name: lambda zoo, full, own=own: own for name, own in made.items()})
    monkeypatch.setattr(SplitRun, "alone", lambda run: pytest.fail("no order to be found"))


def test_every_reading_is_trained_from_every_seed_once(arms, small_registry, donors, whole):
    trained = []

    def execute(function, tasks):
        trained.extend(tasks)
        return map(function, tasks)

    found = json.loads(json.dumps(to_json(ablations(small_registry, donors, 6, 2, 1, execute))))
    assert (found["studies"], found["held_out"], found["seeds"]) == (6, len(whole.test_cohort.cases), 2)
    assert len(trained) == 4
    assert all(task.run_on.donors is donors for task in trained)
    assert {task.run_on.material.options.seed for task in trained} == {0, 1}
    assert all(len(task.run_on.material.split.train) == 6 for task in trained)
    rows = found["experiments"]["ablation"]
    assert list(rows) == ["as it is", "thin"]
    assert rows["as it is"] == found["experiments"]["order"]["again"]
    y = [case.grade == "HGG" for case in whole.test_cohort.cases]
    assert rows["thin"]["auc"][1] == roc_auc_score(y, trained[3].run())


def test_smaller_material_keeps_who_judges(whole):
    ours = module._smaller(whole.material, 6, 3)
    assert set(ours.split.train) < set(whole.material.split.train)
    assert ours.options.epochs == 3
    assert np.array_equal(ours.split.test, whole.material.split.test)
    assert set(ours.split.val) <= set(whole.material.split.val)
    assert len(module._smaller(whole.material, 2, 3).split.val) == 1


def test_arms_are_compared_with_the_first():
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], 200)
    good, bad = y + rng.normal(0, 0.5, (3, 400)), y + rng.normal(0, 3, (3, 400))
    rows = to_json(compared(y, {"first": good, "other": bad, "same": good}))
    assert set(rows["first"]) == {"auc"}
    assert rows["first"]["auc"] == [roc_auc_score(y, score) for score in good]
    assert rows["other"]["verdict"] == "worse"
    assert rows["other"]["difference"] == pytest.approx(np.mean(rows["other"]["auc"]) - np.mean(rows["first"]["auc"]))
    assert rows["same"]["verdict"] == "no difference shown"
