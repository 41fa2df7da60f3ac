"""Models from elsewhere in a registry: by source, or by the environment, where a failure is a fault and no more."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest
import torch

from zoo import WeightsError
from zoo.registry import Fault
from zoo.weights.external import add_requested, requested_sources, resolve_model, still_pending
from zoo.weights.load import load_weights, save_weights
from zoo.weights.record import TrainingRecord

MISSING = f"hub:me/nothing@{'0' * 40}"


@pytest.fixture
def ours(registry):
    """A registry that may change."""
    return replace(registry, models=dict(registry.models))


def test_ids_mean_what_they_always_meant(ours):
    assert resolve_model(ours, "single-t1ce").id == "single-t1ce.compact"


def test_a_source_is_pulled_once(hub, published, ours, monkeypatch):
    spec = resolve_model(ours, str(published))
    assert ours.model(published.model_id) is spec
    monkeypatch.setattr("zoo.weights.external.pull", lambda *_: pytest.fail("pulled again"))
    assert resolve_model(ours, str(published)) is spec


def test_a_source_whose_files_are_gone_is_pulled_again(published, ours):
    resolve_model(ours, str(published)).weights.unlink()
    assert resolve_model(ours, str(published)).is_trained


def test_the_environment_is_a_list(monkeypatch):
    monkeypatch.setenv("GLIOMA_ZOO_MODELS", " a, b\nc,,a ")
    assert requested_sources() == ["a", "b", "c"]
    monkeypatch.delenv("GLIOMA_ZOO_MODELS")
    assert requested_sources() == []


def test_what_the_environment_names_comes_or_becomes_a_fault(published, ours, monkeypatch):
    monkeypatch.setenv("GLIOMA_ZOO_MODELS", f"{MISSING},hub:me/tiny@main {published}")
    assert len(still_pending(ours)) == 3
    add_requested(ours)
    assert still_pending(ours) == []
    assert ours.model(published.model_id).is_trained
    missing, branch = ours.faults
    assert missing.plugin == MISSING
    assert missing.reason.startswith("there is no such repository")
    assert branch.reason.startswith("expected the 40 digits of a commit, found 'main'")


def test_a_defect_of_ours_is_a_fault_too(ours, monkeypatch):
    monkeypatch.setenv("GLIOMA_ZOO_MODELS", MISSING)
    add_requested(ours, lambda registry, name: 1 / 0)
    assert ours.faults == [Fault(MISSING, "ZeroDivisionError: division by zero")]


def test_a_source_that_is_asked_for_raises(published, ours):
    with pytest.raises(WeightsError, match="there is no such repository"):
        resolve_model(ours, MISSING)


def test_a_weights_file_is_named_by_its_path(small, ours):
    spec = resolve_model(ours, f"file:{small.weights}")
    assert ours.model(spec.id) is spec
    assert resolve_model(ours, f"file:{small.weights}") is spec


def test_the_environment_names_weights_files_too(small, ours, monkeypatch, tmp_path):
    gone = f"file:{tmp_path}/gone.safetensors"
    monkeypatch.setenv("GLIOMA_ZOO_MODELS", f"file:{small.weights} {gone}")
    add_requested(ours)
    assert still_pending(ours) == []
    assert [spec.made_for for spec in ours.models.values() if spec.source] == ["single-t1ce.compact"]
    assert ours.faults == [Fault(gone, "expected a weights file, found none. Check the path.")]


def test_a_weights_file_that_has_changed_is_another_model_in_place_of_the_first(small, ours):
    first = resolve_model(ours, f"file:{small.weights}")
    module = load_weights(small).module
    with torch.no_grad():
        next(module.parameters()).add_(1)
    save_weights(small.weights, small, module, TrainingRecord("other studies"))
    second = resolve_model(ours, f"file:{small.weights}")
    assert second.id != first.id
    assert [spec.id for spec in ours.models.values() if spec.source] == [second.id]
    assert load_weights(second).record.trained_on == "other studies"


def test_any_spelling_or_copy_of_a_weights_file_will_do(small, ours, monkeypatch, tmp_path):
    first = resolve_model(ours, f"file:{small.weights}")
    monkeypatch.chdir(small.weights.parent)
    assert resolve_model(ours, f"file:{small.weights.name}") is first
    shutil.copytree(small.weights.parent, tmp_path / "copy")
    copied = resolve_model(ours, f"file:{tmp_path / 'copy' / small.weights.name}")
    assert (copied.id, load_weights(copied).record.trained_on) == (first.id, "40 made-up studies")


def test_a_weights_file_that_the_environment_names_by_a_relative_path_comes_too(small, ours, monkeypatch):
    monkeypatch.chdir(small.weights.parent)
    monkeypatch.setenv("GLIOMA_ZOO_MODELS", f"file:{small.weights.name}")
    add_requested(ours)
    assert [spec.made_for for spec in ours.models.values() if spec.source] == ["single-t1ce.compact"]
    assert still_pending(ours) == []
