"""A report is made of what was computed, and refused where nothing was."""

from __future__ import annotations

from pathlib import Path

import pytest

from fake_worker import FakeWorker
from zoo import PluginError
from zoo.page.compute_client import ComputeClient
from zoo.page.download_report.report_handlers import Reporting, ReportWidgets
from zoo.page.sessions import Sessions


@pytest.fixture
def session(tmp_path):
    return Sessions(tmp_path).open({})


def _last(registry, worker, session, tmp_path):
    widgets = ReportWidgets("status", "files")
    return list(Reporting(ComputeClient(registry, worker, tmp_path), widgets).report(session, None))[-1]


def test_without_a_study_it_says_what_to_do(registry, tmp_path):
    assert "Grade a study first" in _last(registry, FakeWorker(), None, tmp_path)["status"]


def test_both_files_are_offered(registry, session, tmp_path):
    written = [session.folder / name for name in ("report.html", "report.json")]
    for path in written:
        path.touch()
    last = _last(registry, FakeWorker(report=written), session, tmp_path)
    assert last["status"] == ""
    assert last["files"].visible
    assert [Path(each["path"]).name for each in last["files"].value] == ["report.html", "report.json"]


def test_another_study_takes_the_files_away(registry, tmp_path):
    cleared = Reporting(ComputeClient(registry, FakeWorker(), tmp_path), ReportWidgets("status", "files")).cleared()
    assert (cleared["status"], cleared["files"].value, cleared["files"].visible) == ("", None, False)


def test_trouble_is_told(registry, session, tmp_path):
    assert "out of disk" in _last(registry, FakeWorker(report=PluginError("out of disk")), session, tmp_path)["status"]
