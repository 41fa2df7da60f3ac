"""Models from the Hub in a registry: by source, or by the environment, where a failure is a fault and no more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from zoo import WeightsError
from zoo.hub import find_or_pull, pull_wanted, still_wanted
from zoo.hub.models import wanted_sources
from zoo.registry import Fault

MISSING = f"hub:me/nothing@{'0' * 40}"


@pytest.fixture
def ours(registry):
    """A registry that may change."""
    return replace(registry, models=dict(registry.models))


def test_ids_mean_what_they_always_meant(ours):
    assert find_or_pull(ours, "single-t1ce").id == "single-t1ce.compact"


def test_a_source_is_pulled_once(hub, published, ours, monkeypatch):
    spec = find_or_pull(ours, str(published))
    assert ours.model(published.model_id) is spec
    monkeypatch.setattr("zoo.hub.models.pull", lambda *_: pytest.fail("pulled again"))
    assert find_or_pull(ours, str(published)) is spec


def test_a_source_whose_files_are_gone_is_pulled_again(published, ours):
    find_or_pull(ours, str(published)).weights.unlink()
    assert find_or_pull(ours, str(published)).is_trained


def test_the_environment_is_a_list(monkeypatch):
    monkeypatch.setenv("GLIOMA_ZOO_MODELS", " a, b\nc,,a ")
    assert wanted_sources() == ["a", "b", "c"]
    monkeypatch.delenv("GLIOMA_ZOO_MODELS")
    assert wanted_sources() == []


def test_what_the_environment_names_comes_or_becomes_a_fault(published, ours, monkeypatch):
    monkeypatch.setenv("GLIOMA_ZOO_MODELS", f"{MISSING},hub:me/tiny@main {published}")
    assert len(still_wanted(ours)) == 3
    pull_wanted(ours)
    assert still_wanted(ours) == []
    assert ours.model(published.model_id).is_trained
    missing, branch = ours.faults
    assert missing.plugin == MISSING
    assert missing.reason.startswith("there is no such repository")
    assert branch.reason.startswith("expected the 40 digits of a commit, found 'main'")


def test_a_defect_of_ours_is_a_fault_too(ours, monkeypatch):
    monkeypatch.setenv("GLIOMA_ZOO_MODELS", MISSING)
    pull_wanted(ours, lambda registry, name: 1 / 0)
    assert ours.faults == [Fault(MISSING, "ZeroDivisionError: division by zero")]


def test_a_source_that_is_asked_for_raises(published, ours):
    with pytest.raises(WeightsError, match="there is no such repository"):
        find_or_pull(ours, MISSING)
