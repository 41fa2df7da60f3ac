"""An index stands for the models that it lists; one that can't be read is a fault, and takes no other model along."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from loopback_hub import TOKEN
from zoo import WeightsError
from zoo.weights.external import add_requested, still_pending
from zoo.weights.hub.index import listed, listed_here
from zoo.weights.hub.source import HubSource

MISSING = f"hub:me/nothing@{'0' * 40}"


@pytest.fixture
def write_index(cache, hub, tmp_path):
    """write_index(content) -> where it was pushed."""
    from huggingface_hub import HfApi

    def write(content: str) -> HubSource:
        api, repository = HfApi(endpoint=hub.url, token=TOKEN), "me/glioma-zoo"
        api.create_repo(repository, repo_type="dataset", exist_ok=True)
        (tmp_path / "index.json").write_text(content)
        commit = api.upload_file(
            path_or_fileobj=tmp_path / "index.json", path_in_repo="index.json", repo_id=repository, repo_type="dataset"
        )
        return HubSource(repository, commit.oid, is_index=True)

    return write


@pytest.fixture
def ours(registry):
    """A registry that may change."""
    return replace(registry, models=dict(registry.models), faults=[])


def rows(*sources):
    return json.dumps({"format": 1, "models": [{"source": str(source)} for source in sources]})


def test_it_is_written_and_parsed(write_index):
    index = write_index(rows(MISSING))
    assert str(index) == f"hub:datasets/me/glioma-zoo@{index.revision}"
    assert HubSource.parse_index(str(index)) == index


def test_it_is_fetched_once(write_index, hub):
    index = write_index(rows(MISSING))
    assert listed_here(index) is None
    assert listed(index) == [MISSING]
    hub.memory.requests.clear()
    assert listed(index) == listed_here(index) == [MISSING]
    assert not hub.memory.requests


def test_the_environment_may_name_one(write_index, published, ours, monkeypatch):
    index = write_index(rows(MISSING, published))
    monkeypatch.setenv("GLIOMA_ZOO_MODELS", str(index))
    assert still_pending(ours) == [str(index)]
    listed(index)
    assert still_pending(ours) == [MISSING, str(published)]
    add_requested(ours)
    assert ours.model(published.model_id).is_trained
    assert [fault.plugin for fault in ours.faults] == [MISSING]
    assert still_pending(ours) == []


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", '{"format": 2, "models": []}', '{"format": 1}', '{"format": 1, "models": [{}]}',
     '{"format": 1, "models": ["hub:me/tiny"]}'],
)  # fmt: skip
def test_another_file_is_refused_in_a_sentence(write_index, content):
    index = write_index(content)
    with pytest.raises(WeightsError, match="expected an index of format 1 published by GliomaZoo"):
        listed(index)
    assert listed_here(index) is None


def test_what_is_listed_is_pinned_too(write_index):
    with pytest.raises(WeightsError, match="expected the 40 digits of a commit, found 'main'"):
        listed(write_index(rows("hub:me/tiny@main")))


def test_one_that_cannot_be_had_is_a_fault(cache, ours, published, monkeypatch):
    lost, branch = f"hub:datasets/me/lost@{'0' * 40}", "hub:datasets/me/glioma-zoo@main"
    monkeypatch.setenv("GLIOMA_ZOO_MODELS", f"{lost} {branch} {published}")
    add_requested(ours)
    assert [fault.plugin for fault in ours.faults] == [lost, branch]
    assert ours.faults[0].reason.startswith("there is no such repository")
    assert ours.model(published.model_id).is_trained
    assert still_pending(ours) == []
