"""The page's handlers without a browser: what they yield, and that a study that failed leaves nothing behind."""

from __future__ import annotations

from dataclasses import replace

import pytest

import app
from zoo import StudyError
from zoo.registry import Fault
from zoo.weights import load_weights
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


def test_a_card_is_sent_again_only_when_it_has_news(registry, files, tmp_path):
    class Waiting(FakeWorker):
        def run(self, task, **arguments):
            for text in ("reading", "reading", "reading", "copying"):
                yield Update(0.5, text)
            raise StudyError("enough")

    cards = [step[1] for step in _run(app.Page(registry, Waiting(), tmp_path / "cache"), None, files)]
    told = [card for card in cards if isinstance(card, str)]
    assert sum("reading" in card for card in told) == 1
    assert sum("copying" in card for card in told) == 1


def test_a_grade_stays_when_its_heat_map_fails(registry, files, tmp_path):
    from zoo import Grade

    grade = Grade("s", "m", "HGG", 0.9, 2.2, 0.1, (), "embedded:x", "uncalibrated", "nothing")
    worker = FakeWorker(read=_write_copies, grade=grade, explain=StudyError("no layer"))
    last = _run(app.Page(registry, worker, tmp_path / "cache"), None, files)[-1][1]
    assert "90.0 %" in last
    assert "No heat map" in last
    assert "no layer" in last


def _built(registry, tmp_path):
    """Widgets of the page by their elem_id."""
    blocks = app.build_page(registry, FakeWorker(), tmp_path / "cache")
    return {block.elem_id: block for block in blocks.blocks.values()}


def test_the_page_tells_models_and_faults(registry, tmp_path):
    shown = _built(replace(registry, faults=[Fault("bad", "no import")]), tmp_path)["models"].value
    assert "<strong>bad</strong>: no import" in shown
    assert all(spec.id in shown for spec in registry.models.values())


def test_only_trained_models_can_be_chosen(registry, tmp_path):
    offered = [model_id for _, model_id in _built(registry, tmp_path)["model"].choices]
    assert offered == [spec.id for spec in registry.models.values() if spec.is_trained]
    assert 0 < len(offered) < len(registry.models)


def test_a_request_that_names_an_untrained_model_is_told_how_to_train_it(registry, files, tmp_path):
    def grade(folder, model_id):
        return load_weights(registry.model(model_id))

    page = app.Page(registry, FakeWorker(read=_write_copies, grade=grade), tmp_path / "cache")
    last = list(page.grade(None, files, "guided-dual-attention.paper", *(None,) * 4))[-1][1]
    assert "not trained yet. Train it with `python -m training fit guided-dual-attention.paper" in last


def test_a_page_without_any_trained_model_opens(registry, tmp_path):
    untrained = {"paper": registry.model("guided-dual-attention.paper")}
    assert _built(replace(registry, models=untrained), tmp_path)["model"].choices == []
