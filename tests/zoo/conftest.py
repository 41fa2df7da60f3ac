"""A published model on a Hub of the test's own, and a client with an empty cache."""

from __future__ import annotations

import pytest

from published_model import push, train, use_hub, write_published


@pytest.fixture
def cache(hub, tmp_path, monkeypatch):
    """The client's cache, empty."""
    use_hub(hub, tmp_path / "cache", monkeypatch)
    return tmp_path / "cache"


@pytest.fixture
def small(registry, tmp_path):
    """A model of the zoo with weights of its own."""
    return train(registry.model("single-t1ce"), tmp_path / "trained")


@pytest.fixture
def published(cache, hub, small, tmp_path):
    """Where it was published."""
    return push(hub, write_published(small, tmp_path / "published"))
