"""A weights file of one's own is a model beside the others, or one sentence says why not."""

from __future__ import annotations

import pytest

from zoo import WeightsError
from zoo.weights.load import load_weights
from zoo.weights.local import from_file
from zoo.weights.metadata import sha256


def test_it_is_the_model_that_it_was_made_for_with_another_name(registry, small):
    spec = from_file(small.weights, registry.model)
    assert spec.id == f"single-t1ce.compact@{sha256(small.weights)[:7]}"
    assert (spec.made_for, spec.weights, spec.is_trained) == ("single-t1ce.compact", small.weights, True)
    assert spec.source == spec.address == f"file:{small.weights}"
    assert spec.source_in_short == f"file:{small.weights.name}"
    assert "nobody here has checked" in spec.card.limits
    loaded = load_weights(spec)
    assert loaded.record.trained_on == "40 made-up studies"
    assert loaded.revision.startswith(f"file:{small.weights.name}:")


def test_a_reading_of_its_own_is_built(registry, tmp_path):
    from published_model import train

    varied = train(registry.model("guided-dual-attention").vary(guidance="gate"), tmp_path)
    assert from_file(varied.weights, registry.model).options["guidance"] == "gate"


def test_what_is_not_there_or_not_ours(registry, tmp_path):
    with pytest.raises(WeightsError, match=r"file:.*gone\.safetensors: expected a weights file, found none"):
        from_file(tmp_path / "gone.safetensors", registry.model)
    (tmp_path / "other.safetensors").write_bytes(b"something else")
    with pytest.raises(WeightsError, match="is not a weights file of this project"):
        from_file(tmp_path / "other.safetensors", registry.model)


def test_a_model_that_is_not_installed(registry, small):
    def find(model_id):
        return {}.get(model_id) or registry.model("somebodys-model")

    with pytest.raises(WeightsError, match="No model is called 'somebodys-model'"):
        from_file(small.weights, find)


def test_a_file_that_changed_since_its_checksum_was_noted(registry, small):
    with small.weights.open("ab") as file:
        file.write(b" ")
    with pytest.raises(WeightsError):
        load_weights(from_file(small.weights, registry.model))
