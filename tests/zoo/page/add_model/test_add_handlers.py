"""Adding models on the page, without a browser: who may, how many, and that nothing half-good is offered."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from fake_worker import FakeWorker
from zoo import WeightsError
from zoo.page.add_model.add_handlers import Adding, allowed_organisations
from zoo.page.compute_client import ComputeClient
from zoo.weights.hub.source import HubSource
from zoo.weights.load import load_weights

SHA = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def adding(registry, tmp_path):
    """adding(worker) -> the handlers, with a registry that may change."""

    def make(worker=None):
        ours = replace(registry, models=dict(registry.models))
        return Adding(ComputeClient(ours, worker or FakeWorker(load=None), tmp_path / "cache"))

    return make


@pytest.fixture
def add():
    def last(adding, source):
        return list(adding.add(source.repository, source.revision))[-1]

    return last


@pytest.mark.parametrize(
    ("environment", "allowed"),
    [
        ({}, None),
        ({"SPACE_ID": "somebody/zoo"}, {"somebody"}),
        ({"SPACE_ID": "somebody/zoo", "GLIOMA_ZOO_ORGANISATIONS": "a, b c"}, {"a", "b", "c"}),
        ({"GLIOMA_ZOO_ORGANISATIONS": ""}, set()),
    ],
)
def test_whose_models_may_be_added(monkeypatch, environment, allowed):
    for name in ("SPACE_ID", "GLIOMA_ZOO_ORGANISATIONS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert allowed_organisations() == allowed


def test_what_is_added_is_loaded_first_and_offered_then(published, adding, add):
    page = adding()
    cards = list(page.add(f" {published.repository} ", f"{published.revision}\n"))
    assert f"Fetching {published.in_short}" in cards[0]
    assert 'data-state="added"' in cards[-1]
    assert "nobody here has checked" in cards[-1]
    assert page.client.worker.asked == ["load"]
    assert page.client.registry.model(published.model_id).is_trained
    assert "it is here already" in add(page, published)


def test_what_cannot_be_loaded_is_not_offered(published, adding, add):
    page = adding(FakeWorker(load=WeightsError("the weights don't fit the model")))
    assert "don&#x27;t fit" in add(page, published)
    assert published.model_id not in page.client.registry.models


@pytest.mark.parametrize(("repository", "revision"), [("me/tiny", "main"), ("https://x.y/me", SHA), ("../x", SHA)])
def test_only_a_repository_and_a_commit_are_taken(hub, cache, adding, repository, revision):
    assert 'data-state="error"' in list(adding().add(repository, revision))[-1]
    assert hub.memory.requests == []


def test_others_than_the_allowed_are_never_asked_for(hub, cache, adding, add, monkeypatch):
    monkeypatch.setenv("SPACE_ID", "somebody/zoo")
    assert "expected a model of somebody, found one of me" in add(adding(), HubSource("me/tiny", SHA))
    assert hub.memory.requests == []


def test_on_a_space_nobody_borrows_the_owners_token(monkeypatch, adding, add):
    asked = []
    monkeypatch.setenv("SPACE_ID", "me/zoo")
    monkeypatch.setattr(
        "zoo.page.add_model.add_handlers.pull", lambda source, find, token: asked.append(token) or _refuse()
    )
    add(adding(), HubSource("me/tiny", SHA))
    monkeypatch.delenv("SPACE_ID")
    add(adding(), HubSource("me/tiny", SHA))
    assert asked == [False, None]


def _refuse():
    raise WeightsError("no")


def test_there_is_a_limit(published, adding, add, monkeypatch):
    monkeypatch.setattr("zoo.page.add_model.add_handlers.MOST_ADDED", 1)
    page = adding()
    add(page, published)
    assert "expected at most 1 added models" in add(page, HubSource("me/other", SHA))


def test_what_the_environment_names_is_loaded_before_it_is_offered(published, adding, monkeypatch):
    monkeypatch.setenv("GLIOMA_ZOO_MODELS", f"{published} hub:me/nothing@{SHA}")
    page = adding()
    page.add_requested()
    assert page.client.worker.asked == ["load"]
    assert page.client.registry.model(published.model_id).source == str(published)
    assert [fault.plugin for fault in page.client.registry.faults] == [f"hub:me/nothing@{SHA}"]


def test_the_compute_process_is_told_the_source(published, adding, add):
    """Its own registry has never heard of the id."""
    page = adding()
    add(page, published)
    assert page.client.addressed({"model_id": published.model_id}) == {"model_id": str(published)}
    assert page.client.addressed({"model_id": "single-t1ce"}) == {"model_id": "single-t1ce.compact"}


@pytest.fixture
def own(small, tmp_path):
    """own() -> a weights file as Gradio uploads it."""

    def upload():
        return Path(shutil.copy(small.weights, tmp_path / "mine.safetensors"))

    return upload


def test_a_weights_file_is_kept_loaded_and_offered(adding, own):
    page, upload = adding(), own()
    assert 'data-state="added"' in list(page.add_file(str(upload)))[-1]
    (spec,) = [spec for spec in page.client.registry.models.values() if spec.source]
    assert load_weights(spec).record.trained_on == "40 made-up studies"
    assert (spec.weights.parent, upload.exists()) == (page.client.cache / "weights", False)
    assert "mine.safetensors: it is here already" in list(page.add_file(str(own())))[-1]
    assert spec.weights.exists()


def test_a_weights_file_that_cannot_be_loaded_is_not_kept(adding, own):
    page, upload = adding(FakeWorker(load=WeightsError("the weights don't fit the model"))), own()
    assert "don&#x27;t fit" in list(page.add_file(str(upload)))[-1]
    assert not any(spec.source for spec in page.client.registry.models.values())
    assert not list(page.client.cache.rglob("*.safetensors"))
    assert not upload.exists()


def test_what_is_no_weights_file_is_told_without_its_path(adding, tmp_path):
    path = tmp_path / "mine.safetensors"
    path.write_bytes(b"something else")
    told = list(adding().add_file(str(path)))[-1]
    assert "mine.safetensors is not a weights file" in told
    assert str(tmp_path) not in told
