"""Models go to another process by name, and are loaded there once."""

from __future__ import annotations

import pickle
from dataclasses import replace

import pytest

from training.evaluation.given_weights import models_from
from training.evaluation.model_tuple import LOADED, ModelTuple
from zoo import WeightsError


@pytest.fixture
def models(monkeypatch):
    monkeypatch.setattr("training.evaluation.model_tuple.LOADED", {})
    return ModelTuple(models_from("embedded", ["single-t1ce", "delta-control"]))


def test_what_travels_is_small_and_what_arrives_is_the_same(models):
    packed = pickle.dumps(models)
    assert len(packed) < 20_000
    first, again = pickle.loads(packed), pickle.loads(packed)
    assert [model.revision for model in first] == [model.revision for model in models]
    assert all(one is other for one, other in zip(first, again, strict=True)), "loaded once"
    assert models[0] not in LOADED.values()


def test_a_file_that_is_another_meanwhile_is_refused(models):
    changed = ModelTuple([replace(models[0], revision="embedded:0123456789ab")])
    with pytest.raises(
        WeightsError, match=r"expected the weights embedded:0123456789ab, found embedded:.* Start again"
    ):
        pickle.loads(pickle.dumps(changed))
