"""What finds a study's regions: how far it is, what is said in the end, and when the viewer has them."""

from __future__ import annotations

import pytest

from fake_worker import FakeWorker, write_copies
from zoo import PluginError
from zoo.compute.worker import finished
from zoo.page.compute_client import ComputeClient
from zoo.page.segment.segment_steps import find_regions, session_in_viewer
from zoo.types.roles import SEGMENTER


@pytest.fixture
def find(registry, tmp_path):
    """find(**answers of tasks) -> the session, its cards of progress and what is said in the end."""

    def run(**answers):
        client = ComputeClient(registry, FakeWorker(**answers), tmp_path / "cache")
        session = client.sessions.open({})
        write_copies(session.folder)
        return client, session

    return run


def test_the_segmenter_finds_them_and_the_viewer_has_them(find):
    client, session = find()
    assert session.regions is None
    assert session_in_viewer(session).regions is None
    (progress, *_), said = _cards(find_regions(client, session))
    assert 'data-state="working"' in progress
    assert said.count("<tr data-region") == 4
    assert SEGMENTER in said
    assert session_in_viewer(session, link="x").regions.file.path == str(session.regions)


def test_a_failure_is_told_in_its_place(find):
    client, session = find(segment=PluginError("out of cheese"))
    said = finished(find_regions(client, session))
    assert 'data-state="unsegmented"' in said
    assert "out of cheese" in said


def _cards(steps):
    cards = []
    while True:
        try:
            cards.append(next(steps))
        except StopIteration as end:
            return cards, end.value
