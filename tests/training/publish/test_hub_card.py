"""The card of every embedded model: no section without content, no figure that was not filled in."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from huggingface_hub import ModelCard

from training.publish.figures import evidence_of
from training.publish.hub_card import model_card
from zoo import DISCLAIMER, WeightsError
from zoo.registry import load_registry
from zoo.weights.load import load_weights

LEADERBOARD = Path(__file__).parents[3] / "zoo" / "assets" / "leaderboard.json"
BOARD = json.loads(LEADERBOARD.read_text(encoding="utf-8"))
TRAINED = [spec for spec in load_registry().models.values() if spec.is_trained]
SECTIONS = {
    "Summary", "How to load", "Intended use", "Limits", "Training data", "Sites", "Training procedure", "Evaluation",
    "Calibration", "Ethical considerations", "Reporting", "Size and compute", "Citation", "Versions",
}  # fmt: skip
UNFILLED = re.compile(r"\b(None|nan|NaN|inf|TODO|TBD|Undefined|xxx)\b|\{\{|\}\}|\{%|\[More Information Needed\]|\[\]|–")


@pytest.fixture(scope="module", params=TRAINED, ids=[spec.id for spec in TRAINED])
def model(request):
    return load_weights(request.param)


@pytest.fixture(scope="module")
def card(model):
    return model_card(model, evidence_of(model, LEADERBOARD), "someone/a-model", "apache-2.0")


def _sections(text):
    parts = [part.partition("\n") for part in re.split(r"^## ", text, flags=re.M)[1:]]
    return {title: body.strip() for title, _, body in parts}


def test_every_section_is_filled(card, model):
    sections = _sections(card.text)
    assert sections.keys() == SECTIONS
    assert "\n\n\n" not in card.text.strip(), "a part of a section is empty"
    for title, body in sections.items():
        assert len(body) > 40, title
        assert not UNFILLED.search(body), (title, UNFILLED.search(body))
    for text in (
        model.spec.card.summary,
        model.spec.card.limits,
        model.spec.card.intended_use,
        model.record.trained_on,
    ):
        assert text in card.text
    assert "eprint = {2401.09029}" in sections["Citation"]
    assert "told the studies' true signs reaches an AUC of 0.959" in sections["Evaluation"]
    assert f"cohort `{model.record.details['cohort']}`" in card.text


def test_the_disclaimer_comes_first(card):
    heading, warning = card.text.strip().split("\n\n")[:2]
    assert heading.startswith("# ")
    assert warning.startswith(f"> **{DISCLAIMER}**")
    assert "seen no patient" in warning


def test_the_front_matter_holds_the_measured_figures(card, model):
    data = ModelCard(str(card)).data  # as the Hub reads it
    assert (data.license, data.library_name, data.pipeline_tag) == ("apache-2.0", "glioma-zoo", "image-classification")
    assert {"glioma-zoo", "not-a-medical-device"} <= set(data.tags)
    told = {(one.dataset_split, one.metric_type): one.metric_value for one in data.eval_results}
    assert len(told) == 9
    for name in ("held_out", "shifted", "unseen"):
        row = BOARD["models"][model.spec.id][name]
        for metric, measure in (("roc_auc", "auc"), ("brier_score", "brier"), ("ece", "ece")):
            assert told[name, metric] == pytest.approx(row[measure]["value"], abs=1e-4)


def test_the_figures_have_their_intervals(card, model):
    section = _sections(card.text)["Evaluation"]
    for name in ("held_out", "unseen"):
        auc = BOARD["models"][model.spec.id][name]["auc"]
        assert f"{auc['value']:.3f} [{auc['low']:.3f}, {auc['high']:.3f}]" in section


def test_modalities_stand_in_the_order_in_which_they_joined():
    model = load_weights(load_registry().model("guided-dual-attention"))
    card = model_card(model, evidence_of(model, LEADERBOARD), "someone/a-model", "mit")
    joined = re.findall(r"^\| (\w+) (?:alone|joins)", card.text, re.M)
    assert joined == model.record.details["order"]


def test_weights_that_say_nothing_of_their_training_get_no_card():
    model = load_weights(load_registry().model("volume-control"))
    silent = replace(model, record=replace(model.record, details={"seed": 0}))
    with pytest.raises(WeightsError, match="lacks split_sizes, split, epochs, cohort"):
        model_card(silent, evidence_of(model, LEADERBOARD), "someone/a-model", "mit")
