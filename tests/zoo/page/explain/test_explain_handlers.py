"""Explaining one model's grade, without a browser: what is asked for, in which order, and what a failure costs."""

from __future__ import annotations

import nibabel
import numpy as np
import pytest

from fake_worker import FakeWorker, write_regions
from zoo import Grade, PluginError, Refused, Unpacked
from zoo.page.compute_client import ComputeClient
from zoo.page.explain.explain_handlers import Explaining, ExplainOutputs
from zoo.types import Explanation, HeatMap
from zoo.types.roles import SEGMENTER

GUIDED = "guided-dual-attention.compact"
FACTS = {"nothing": 0.0, "spread": 0.0, "everything": 4.0}
OUTPUTS = ExplainOutputs("session", "card", "viewer", "graded", "regions", "preparation", "explanation", "stop")


def _grade(folder, model_id):
    return Grade("s", model_id, "HGG", 0.9, 2.2, 0.1, (), "embedded:x", "uncalibrated", "nothing but a test")


def _heat(folder, model_id, explainer_id):
    path = folder / f"{model_id}.{explainer_id}.nii.gz"
    nibabel.save(nibabel.Nifti1Image(np.ones((2, 2, 2, 4), np.float32), np.eye(4)), path)
    return HeatMap(path, {"patches": 12.0}, 7.0)


def _contributions(folder, model_id, explainer_id):
    return Explanation("s", model_id, explainer_id, np.ones(4, np.float32), np.eye(4), FACTS, 3.0)


def _worker(**changes):
    answers = {"grade": _grade, "explain": _heat, "contributions": _contributions, "slice_curves": {}}
    return FakeWorker(**(answers | changes))


@pytest.fixture
def explain(registry, files, tmp_path):
    """explain(worker, explainer_id, model_id) -> the page, and steps: new values by widget."""

    def run(worker, explainer_id, model_id=GUIDED, session=None):
        page = Explaining(ComputeClient(registry, worker, tmp_path / "cache"), OUTPUTS)
        return page, list(page.explain(session, model_id, explainer_id, None, files, Unpacked([]), *(None,) * 4))

    return run


def _texts(steps, place):
    return [step[place] for step in steps if isinstance(step.get(place), str)]


def _overlays(steps):
    return [step["viewer"].overlay.path for step in steps if getattr(step.get("viewer"), "overlay", None)]


def test_a_map_comes_with_grade_and_facts(explain, registry):
    worker = _worker()
    page, steps = explain(worker, "occlusion")
    assert worker.asked == ["read", "copy", "grade", "explain", "slice_curves"]
    assert "nothing but a test" in _texts(steps, "card")[-1]
    assert _overlays(steps)[-1].endswith(f"{GUIDED}.occlusion.nii.gz")
    assert "12 cubes of each modality were hidden, one by one. It took 7.0 s." in _texts(steps, "explanation")[-1]
    assert page.client.durations.seconds(registry.model(GUIDED), registry.explainer("occlusion")) == 7


def test_what_each_modality_adds_comes_after_the_map_of_the_same_model(explain):
    worker = _worker()
    _, steps = explain(worker, "modality-shapley")
    assert worker.asked == ["read", "copy", "grade", "explain", "slice_curves", "contributions"]
    assert _overlays(steps)[-1].endswith(f"{GUIDED}.hires-cam.nii.gz")
    assert _texts(steps, "explanation")[-1].count("data-modality") == 4


def test_a_model_without_a_heat_map_is_explained_by_modality_alone(explain):
    worker = _worker()
    _, steps = explain(worker, "modality-shapley", "volume-control.compact")
    assert worker.asked == ["read", "copy", "grade", "contributions"]
    assert "data-modality" in _texts(steps, "explanation")[-1]


def test_any_explainer_of_modalities_is_asked_by_its_id(explain, registry):
    page, steps = explain(_worker(), "modality-dropping", "hemis-fusion.compact")
    said = _texts(steps, "explanation")[-1]
    assert 'data-explainer="modality-dropping"' in said
    assert said.count("data-modality") == 4
    spec, explainer = registry.model("hemis-fusion"), registry.explainer("modality-dropping")
    assert page.client.durations.seconds(spec, explainer) == 3


def test_a_study_that_is_open_is_not_read_again(explain):
    session = next(step["session"] for step in explain(_worker(), "occlusion")[1] if step.get("session"))
    worker = _worker()
    _, steps = explain(worker, "occlusion", session=session)
    assert worker.asked[0] == "grade"
    assert all(step["viewer"].overlay for step in steps if "viewer" in step), (
        "the old map stays until there is a new one"
    )


def test_regions_stay_over_their_study_and_go_with_it(explain):
    steps = explain(_worker(), "occlusion")[1]
    assert steps[1]["regions"] == "", "another study comes"
    session = next(step["session"] for step in steps if step.get("session"))
    write_regions(session.folder, SEGMENTER)
    steps = explain(_worker(), "occlusion", session=session)[1]
    assert all(step["viewer"].regions for step in steps if "viewer" in step)
    assert not any("regions" in step for step in steps)


def test_what_does_not_suit_is_told_before_anything_is_computed(explain):
    worker = _worker()
    _, steps = explain(worker, "integrated-gradients", "volume-control.compact")
    assert worker.asked == []
    assert "Integrated gradients can&#x27;t explain" in _texts(steps, "explanation")[-1]


def test_a_failure_leaves_the_grade_and_a_refusal_takes_its_place(explain):
    _, steps = explain(_worker(explain=PluginError("out of cheese")), "occlusion")
    assert 'data-state="graded"' in _texts(steps, "card")[-1]
    assert "out of cheese" in _texts(steps, "explanation")[-1]
    _, steps = explain(_worker(grade=Refused("no T1ce")), "occlusion")
    assert "Not graded" in _texts(steps, "card")[-1]
    assert _texts(steps, "explanation")[-1] == ""


@pytest.mark.parametrize("worker", [_worker(), _worker(explain=PluginError("x"))], ids=["well", "ill"])
def test_the_button_that_stops_it_is_there_while_it_runs(explain, worker):
    _, steps = explain(worker, "occlusion")
    shown = [step["stop"].visible for step in steps if "stop" in step]
    assert shown == [True, False]
