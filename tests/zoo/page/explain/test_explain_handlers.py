"""Explaining one model's grade, without a browser: what is asked for, in which order, and what a failure costs."""

from __future__ import annotations

import nibabel
import numpy as np
import pytest

from fake_worker import FakeWorker
from zoo import Grade, PluginError, Refused
from zoo.page.compute_client import ComputeClient
from zoo.page.explain.explain_handlers import Explaining
from zoo.types import Explanation, HeatMap

GUIDED = "guided-dual-attention.compact"
FACTS = {"nothing": 0.0, "spread": 0.0, "everything": 4.0}


def _grade(folder, model_id):
    return Grade("s", model_id, "HGG", 0.9, 2.2, 0.1, (), "embedded:x", "uncalibrated", "nothing but a test")


def _heat(folder, model_id, explainer_id):
    path = folder / f"{model_id}.{explainer_id}.nii.gz"
    nibabel.save(nibabel.Nifti1Image(np.ones((2, 2, 2, 4), np.float32), np.eye(4)), path)
    return HeatMap(path, {"patches": 12.0}, 7.0)


def _contributions(folder, model_id):
    return Explanation("s", model_id, "modality-shapley", np.ones(4, np.float32), np.eye(4), FACTS, 3.0)


def _worker(**changes):
    answers = {"grade": _grade, "explain": _heat, "contributions": _contributions, "slice_curves": {}}
    return FakeWorker(**(answers | changes))


@pytest.fixture
def explain(registry, files, tmp_path):
    """explain(worker, explainer_id, model_id) -> the page, and steps (session, card, viewer, told, stop)."""

    def run(worker, explainer_id, model_id=GUIDED, session=None):
        page = Explaining(ComputeClient(registry, worker, tmp_path / "cache"))
        return page, list(page.explain(session, files, model_id, explainer_id, *(None,) * 4))

    return run


def _texts(steps, place):
    return [step[place] for step in steps if isinstance(step[place], str)]


def _overlays(steps):
    return [step[2].overlay.path for step in steps if getattr(step[2], "overlay", None)]


def test_a_map_comes_with_grade_and_facts(explain, registry):
    worker = _worker()
    page, steps = explain(worker, "occlusion")
    assert worker.asked == ["read", "grade", "explain", "slice_curves"]
    assert "nothing but a test" in _texts(steps, 1)[-1]
    assert _overlays(steps)[-1].endswith(f"{GUIDED}.occlusion.nii.gz")
    assert "12 cubes of each modality were hidden, one by one. It took 7.0 s." in _texts(steps, 3)[-1]
    assert page.client.durations.seconds(registry.model(GUIDED), registry.explainer("occlusion")) == 7


def test_what_each_modality_adds_comes_after_the_map_of_the_same_model(explain):
    worker = _worker()
    _, steps = explain(worker, "modality-shapley")
    assert worker.asked == ["read", "grade", "explain", "slice_curves", "contributions"]
    assert _overlays(steps)[-1].endswith(f"{GUIDED}.hires-cam.nii.gz")
    assert _texts(steps, 3)[-1].count("data-modality") == 4


def test_a_model_without_a_heat_map_is_explained_by_modality_alone(explain):
    worker = _worker()
    _, steps = explain(worker, "modality-shapley", "volume-control.compact")
    assert worker.asked == ["read", "grade", "contributions"]
    assert "data-modality" in _texts(steps, 3)[-1]


def test_a_study_that_is_open_is_not_read_again(explain):
    session = next(step[0] for step in explain(_worker(), "occlusion")[1] if hasattr(step[0], "folder"))
    worker = _worker()
    _, steps = explain(worker, "occlusion", session=session)
    assert worker.asked[0] == "grade"
    assert all(getattr(step[2], "overlay", True) for step in steps), "the old map stays until there is a new one"


def test_what_does_not_suit_is_told_before_anything_is_computed(explain):
    worker = _worker()
    _, steps = explain(worker, "integrated-gradients", "volume-control.compact")
    assert worker.asked == []
    assert "Integrated gradients can&#x27;t explain" in _texts(steps, 3)[-1]


def test_a_failure_leaves_the_grade_and_a_refusal_takes_its_place(explain):
    _, steps = explain(_worker(explain=PluginError("out of cheese")), "occlusion")
    assert 'data-state="graded"' in _texts(steps, 1)[-1]
    assert "out of cheese" in _texts(steps, 3)[-1]
    _, steps = explain(_worker(grade=Refused("no T1ce")), "occlusion")
    assert "Not graded" in _texts(steps, 1)[-1]
    assert _texts(steps, 3)[-1] == ""


@pytest.mark.parametrize("worker", [_worker(), _worker(explain=PluginError("x"))], ids=["well", "ill"])
def test_the_button_that_stops_it_is_there_while_it_runs(explain, worker):
    _, steps = explain(worker, "occlusion")
    shown = [step[4].visible for step in steps if hasattr(step[4], "visible")]
    assert shown == [True, False]


def test_the_offer_follows_the_model(registry, tmp_path):
    page = Explaining(ComputeClient(registry, FakeWorker(), tmp_path))
    choices, chosen, told = page.choices("volume-control.compact", "integrated-gradients")
    assert [explainer_id for _, explainer_id in choices] == ["occlusion", "modality-shapley"]
    assert chosen == "occlusion"
    assert "white matter in the cube" in told
    assert page.choices(GUIDED, "integrated-gradients")[1] == "integrated-gradients"
    assert page.choices(None, "hires-cam") == ([], None, "")


def test_new_costs_leave_the_choice_alone(registry, tmp_path):
    page = Explaining(ComputeClient(registry, FakeWorker(), tmp_path))
    page.client.durations.record(registry.model(GUIDED), registry.explainer("occlusion"), 600)
    update, _ = page.offer(GUIDED, "hires-cam")
    assert ("Occlusion · about 10 min", "occlusion") in update.choices
    assert "value" not in update.constructor_args
    assert page.offer("volume-control.compact", "hires-cam")[0].constructor_args["value"] == "occlusion"
