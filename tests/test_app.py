"""The page's handlers without a browser: what they yield, and that a study that failed leaves nothing behind."""

from __future__ import annotations

import pytest

import app
from zoo import StudyError
from zoo.worker import Update


class FakeWorker:
    """Answers each task from a list: an update, then the answer or the error."""

    def __init__(self, **answers):
        self.answers = answers
        self.asked = []
        self.closed = 0

    def run(self, task, **arguments):
        name = task.split(":")[1]
        self.asked.append(name)
        try:
            yield Update(0.5, "working")
        except GeneratorExit:
            self.closed += 1
            raise
        answer = self.answers[name]
        if isinstance(answer, Exception):
            raise answer
        return answer(**arguments) if callable(answer) else answer


def _write_copies(files, folder):
    for name in files:
        (folder / f"{name}.nii.gz").touch()


@pytest.fixture
def files(make_study):
    return [str(path) for path in sorted(make_study().iterdir())]


def _run(page, session, files, slots=(None,) * 4):
    return list(page.grade(session, files, "single-t1ce.compact", *slots))


def test_a_failed_read_leaves_no_session_and_no_folder(registry, files, tmp_path):
    page = app.Page(registry, FakeWorker(read=StudyError("T2: damaged.")), tmp_path / "cache")
    steps = _run(page, None, files)
    assert "T2: damaged." in steps[-1][1]
    assert steps[0][0] is None
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_cancelled_read_stops_the_worker_and_leaves_no_folder(registry, files, tmp_path):
    worker = FakeWorker(read=_write_copies)
    steps = app.Page(registry, worker, tmp_path / "cache").grade(None, files, "single-t1ce.compact", *(None,) * 4)
    next(steps)
    next(steps)
    steps.close()
    assert worker.closed == 1
    assert list((tmp_path / "cache").iterdir()) == []


def test_the_same_study_is_not_read_twice_and_another_one_replaces_it(registry, files, tmp_path):
    worker = FakeWorker(read=_write_copies, grade=StudyError("enough"))
    page = app.Page(registry, worker, tmp_path / "cache")
    session = next(step[0] for step in _run(page, None, files) if hasattr(step[0], "folder"))
    worker.asked.clear()
    _run(page, session, files)
    assert worker.asked == ["grade"]
    _run(page, session, files[:2])
    assert worker.asked == ["grade", "read", "grade"]
    assert not session.folder.exists()


def test_a_grade_stays_when_its_heat_map_fails(registry, files, tmp_path):
    from zoo import Grade

    grade = Grade("s", "m", "HGG", 0.9, 2.2, 0.1, (), "embedded:x", "uncalibrated", "nothing")
    worker = FakeWorker(read=_write_copies, grade=grade, explain=StudyError("no layer"))
    last = _run(app.Page(registry, worker, tmp_path / "cache"), None, files)[-1][1]
    assert "90.0 %" in last
    assert "No heat map" in last
    assert "no layer" in last


def test_footer_names_faults_and_untrained_models(registry):
    from dataclasses import replace

    from zoo.registry import Fault

    text = app._footer(replace(registry, faults=[Fault("bad", "no import")]))
    assert "plugin `bad` is left out: no import" in text
    assert "`guided-dual-attention.paper`: not trained yet" in text


def test_the_example_is_a_complete_study(registry):
    study = registry.read(app.EXAMPLE)
    assert list(study.paths) == ["t1", "t1ce", "t2", "flair"]
