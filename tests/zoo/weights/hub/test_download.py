"""What goes wrong between here and the Hub is told in one sentence each, and leaves nothing half-written to load."""

from __future__ import annotations

import errno

import pytest

from loopback_hub import Fault
from zoo import WeightsError
from zoo.weights.hub.pull import pull
from zoo.weights.hub.source import HubSource

MODEL = "model.safetensors"
SLOW_SECONDS, PATIENCE_SECONDS = 0.6, 0.2


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    """The client waits for seconds between its attempts; tests don't."""
    monkeypatch.setattr("huggingface_hub.utils._http.time.sleep", lambda seconds: None)


@pytest.fixture
def refused(registry):
    """refused(source) -> the sentence that pulling it ends with; nothing else is raised."""

    def sentence(source):
        with pytest.raises(WeightsError) as refusal:
            pull(source, registry.model)
        assert str(refusal.value).startswith(f"{source.in_short}: ")
        return str(refusal.value)

    return sentence


def test_no_such_repository(published, refused):
    told = refused(HubSource("me/nothing", published.revision))
    assert "there is no such repository, or it is private" in told
    assert "HF_TOKEN" in told


def test_no_such_revision(published, refused):
    assert f"the repository has no commit {'0' * 40}" in refused(HubSource(published.repository, "0" * 40))


def test_a_gated_repository(hub, published, refused):
    hub.memory.gated.add(published.repository)
    told = refused(published)
    assert "this repository is gated" in told
    assert "HF_TOKEN" in told


def test_no_network(published, refused, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert "not in the cache, and the Hub can't be reached" in refused(published)


def test_the_client_is_told_to_stay_offline(published, refused, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    assert "not in the cache, and HF_HUB_OFFLINE forbids to fetch it" in refused(published)


def test_a_hub_that_does_not_answer_in_time(hub, published, refused, monkeypatch):
    monkeypatch.setattr("zoo.weights.hub.download.SECONDS", PATIENCE_SECONDS)
    hub.memory.faults.append(Fault("HEAD", MODEL, "slow", times=9, seconds=SLOW_SECONDS))
    assert "the Hub does not answer in time" in refused(published)


@pytest.mark.parametrize("method", ["HEAD", "GET"])
def test_a_hub_that_is_out_of_order(hub, published, refused, method):
    hub.memory.faults.append(Fault(method, MODEL, "500", times=99))
    assert "the Hub answers with status 500" in refused(published)


def test_a_hub_that_was_out_of_order_for_a_moment(hub, published, registry):
    hub.memory.faults.append(Fault("HEAD", MODEL, "500", times=3))
    assert pull(published, registry.model).is_trained


@pytest.mark.parametrize("times", [1, 3])
def test_a_connection_that_breaks_halfway_ends_right(hub, published, small, registry, times):
    hub.memory.faults.append(Fault("GET", MODEL, "drop", times=times))
    spec = pull(published, registry.model)
    assert spec.weights.read_bytes() == small.weights.read_bytes()


def test_a_connection_that_always_breaks_leaves_nothing_to_load(hub, published, refused, cache, registry):
    hub.memory.faults.append(Fault("GET", MODEL, "500", times=99))
    refused(published)
    assert not list(cache.rglob(MODEL))
    hub.memory.faults.clear()
    assert pull(published, registry.model).is_trained


def test_a_full_disk(published, refused, cache, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("huggingface_hub.file_download.http_get", full)
    told = refused(published)
    assert "the disk is full: no room for config.json" in told
    assert "HF_HOME" in told
    assert not list(cache.rglob("config.json"))


def test_too_large_is_told_before_it_is_fetched(hub, published, refused, monkeypatch):
    monkeypatch.setattr("zoo.weights.hub.pull.MOST_BYTES", 400_000)
    assert "expected at most 0 MB, found 1 MB" in refused(published)
    assert not [path for method, path in hub.memory.requests if method == "GET" and MODEL in path]


def test_a_visitor_does_not_borrow_a_token(hub, published, registry, monkeypatch):
    """`token=False` reaches the client, which then says nothing of who runs this."""
    asked = []
    monkeypatch.setattr("huggingface_hub.hf_hub_download", lambda *_, token, **__: asked.append(token) or 1 / 0)
    with pytest.raises(WeightsError, match="the download broke off"):
        pull(published, registry.model, token=False)
    assert asked == [False]
