"""The tab that compares models, without a browser: one model's trouble is its own, and a cancel keeps what is there."""

from __future__ import annotations

import gradio as gr
import nibabel
import numpy as np
import pytest

from fake_worker import FakeWorker
from zoo import Grade, StudyError, Unpacked
from zoo.page.compare.compare_handlers import CompareWidgets, Comparing
from zoo.page.compute_client import ComputeClient
from zoo.types import Explanation, HeatMap

MODELS = ("guided-dual-attention.compact", "single-t1ce.compact", "early-fusion.compact")
UNTOLD = (Unpacked([]), *(None,) * 4)
WIDGETS = CompareWidgets("session", "status", "table", "regions", "left", "right", "bars", "compared", "preparation")


def _grade(folder, model_id):
    return Grade("s", model_id, "HGG", 0.9, 2.2, 0.1, (), "embedded:x", "uncalibrated", "nothing")


def _heat(folder, model_id, explainer_id):
    path = folder / f"{model_id}.nii.gz"
    nibabel.save(nibabel.Nifti1Image(np.ones((2, 2, 2, 4), np.float32), np.eye(4)), path)
    return HeatMap(path, {}, 1.0)


def _contributions(folder, model_id):
    facts = {"nothing": 0.0, "spread": 0.0, "everything": 1.0}
    return Explanation("s", model_id, "modality-shapley", np.ones(4, np.float32), np.eye(4), facts)


@pytest.fixture
def compare(registry, files, tmp_path):
    """compare(worker) -> steps, values by component."""

    def run(worker, models=MODELS, session=None):
        comparing = Comparing(ComputeClient(registry, worker, tmp_path / "cache"), WIDGETS)
        return comparing.compare(session, models, *MODELS[:2], None, files, *UNTOLD)

    return run


def _worker(**changes):
    answers = {"grade": _grade, "parameters": 1234, "explain": _heat, "contributions": _contributions}
    return FakeWorker(**(answers | changes))


def _last(steps, component):
    return [step[component] for step in steps if isinstance(step.get(component), str)][-1]


def _viewers(steps, component):
    return [step[component] for step in steps if step.get(component)]


def test_every_model_is_graded_two_are_shown_and_all_are_explained(compare):
    worker = _worker()
    steps = list(compare(worker))
    assert 'data-graded="3"' in _last(steps, "table")
    assert 'data-explained="3"' in _last(steps, "bars")
    assert _last(steps, "status") == ""
    for side, model_id in (("left", MODELS[0]), ("right", MODELS[1])):
        (viewer,) = _viewers(steps, side)
        assert model_id in viewer.overlay.path
        assert viewer.link == "compare"
        assert viewer.regions
    assert 'data-region="whole"' in _last(steps, "regions")
    assert worker.asked.count("read") == 1
    assert {component for step in steps for component in step} == set(WIDGETS.outputs)


def test_another_study_takes_all_results_away(registry, compare, tmp_path):
    cleared = Comparing(ComputeClient(registry, _worker(), tmp_path), WIDGETS).cleared()
    words = dict.fromkeys(("status", "table", "regions", "bars"), "")
    assert cleared == words | dict.fromkeys(("left", "right", "compared"))
    first, *_ = compare(_worker())
    assert first.keys() == set(WIDGETS.outputs), "so does another comparison"
    assert not any(first[name] for name in ("session", "table", "left", "right", "bars"))


def test_a_model_that_fails_costs_its_own_row(compare):
    def grade(folder, model_id):
        return StudyError("crashed") if model_id == MODELS[1] else _grade(folder, model_id)

    worker = _worker(grade=grade, explain=StudyError("no layer"))
    steps = list(compare(worker))
    table = _last(steps, "table")
    assert 'data-graded="2"' in table
    assert "crashed" in table
    assert [viewer.overlay for viewer in _viewers(steps, "left")] == [None], "the study without a heat map"
    assert worker.asked.count("contributions") == 2


def test_without_regions_all_else_is_there(compare):
    steps = list(compare(_worker(segment=StudyError("no segmenter"))))
    assert "no segmenter" in _last(steps, "regions")
    (viewer,) = _viewers(steps, "left")
    assert viewer.overlay
    assert viewer.regions is None
    assert 'data-explained="3"' in _last(steps, "bars")


def test_what_cannot_be_read_or_chosen_is_told(compare):
    assert "T2: damaged." in _last(list(compare(_worker(read=StudyError("T2: damaged.")))), "status")
    assert "Choose the models" in _last(list(compare(_worker(), models=[])), "status")


def test_a_cancel_ends_the_work_in_progress(compare):
    worker = _worker()
    steps = compare(worker)
    for step in steps:
        if 'data-graded="1"' in step.get("table", ""):
            break
    next(steps)
    steps.close()
    assert worker.closed == 1
    assert worker.asked.count("grade") == 2


def test_another_heat_map_needs_a_study_and_tells_its_trouble(registry, compare, tmp_path):
    session = next(step["session"] for step in compare(_worker()) if step.get("session"))
    comparing = Comparing(ComputeClient(registry, _worker(), tmp_path), WIDGETS)
    assert list(comparing.heat_map("right", None, MODELS[2])) == []
    last = list(comparing.heat_map("right", session, MODELS[2]))[-1]
    assert last.keys() == {"status", "right"}, "the other side stays"
    assert last["status"] == ""
    assert MODELS[2] in last["right"].overlay.path
    failing = Comparing(ComputeClient(registry, _worker(explain=StudyError("no layer")), tmp_path), WIDGETS)
    assert "no layer" in list(failing.heat_map("right", session, MODELS[2]))[-1]["status"]


def test_another_prevalence_is_that_of_every_row_and_asks_for_nothing(registry, compare, tmp_path):
    compared = [step["compared"] for step in compare(_worker()) if step.get("compared")][-1]
    worker = _worker()
    comparing = Comparing(ComputeClient(registry, worker, tmp_path), WIDGETS)
    table = comparing.reexpressed(compared, 0.75)["table"]
    assert table.count("<b>96.4 %</b>") == 3, "odds of 9 are 27"
    assert "All: trained on nothing; probability uncalibrated; prevalence of HGG 75 %" in table
    assert worker.asked == []
    assert comparing.reexpressed(compared, 75) == comparing.reexpressed(None, 0.75) == {"table": gr.skip()}
