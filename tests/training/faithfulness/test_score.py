"""One task from a seed to scores."""

from __future__ import annotations

import json
import pickle

import pytest

from training.faithfulness.captum_scores import CHEAP
from training.faithfulness.curves import FRACTIONS
from training.faithfulness.maps import lesion_map, random_map
from training.faithfulness.score import Asked, MeasureControls, MeasureExplainer
from zoo import Attribution, ExplainerSpec


def _brightness(question, progress):
    return Attribution(question.x[0].numpy())


BRIGHTNESS = ExplainerSpec("brightness", "Brightness", 1, _brightness)


@pytest.fixture(scope="module")
def asked(small_model):
    return Asked(small_model.spec, small_model.revision, seed=7, index=1, spacing_mm=6.0)


def test_an_explainer_that_ignores_the_weights_is_told_so(asked, registry):
    assert MeasureExplainer(asked, BRIGHTNESS).run()["random_weights"] == pytest.approx(1)
    assert MeasureExplainer(asked, registry.explainer("hires-cam")).run()["random_weights"] < 0.9


def test_all_scores_are_there_and_are_json(asked, registry):
    found = MeasureExplainer(asked, registry.explainer("hires-cam")).run()
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert set(found) == {
        "deletion", "insertion", "ratio", "share", "hit", "infidelity", "sensitivity", "random_weights"
    }  # fmt: skip
    assert len(found["deletion"]) == len(found["insertion"]) == len(FRACTIONS)


def test_an_explainer_with_nothing_to_read_is_refused(asked, registry):
    assert "choose" in MeasureExplainer(asked, registry.explainer("slice-attention")).run()["refused"]


def test_controls_are_the_curves_of_maps_that_know_everything_and_nothing(asked):
    found = MeasureControls(asked).run()
    pair, question = asked.answer()
    assert found["study"] == pytest.approx(float(question.margin(question.x)))
    assert found["twin"] == pytest.approx(float(question.margin(pair.infill(question))))
    for known, values in (("random", random_map(pair.x.shape)), ("lesion", lesion_map(pair.lesion))):
        told = ExplainerSpec(known, known, CHEAP + 1, lambda question, progress, values=values: Attribution(values))
        scores = MeasureExplainer(asked, told).run()
        assert found[known] == {curve: scores[curve] for curve in ("deletion", "insertion")}
    assert found["random"] != found["lesion"]


def test_tasks_travel_and_have_names_of_their_own(asked, registry):
    tasks = [MeasureControls(asked), *(MeasureExplainer(asked, spec) for spec in registry.explainers.values())]
    assert len({task.name for task in tasks}) == len(tasks)
    assert [pickle.loads(pickle.dumps(task)).name for task in tasks] == [task.name for task in tasks]
    assert all("/Sim-s7-00001/" in task.name for task in tasks)
