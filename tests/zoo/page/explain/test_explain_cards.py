"""What is offered for a model, what it is said to cost, and what is told of an answer."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from zoo import Attribution, ExplainerSpec, PluginError
from zoo.page.eta import DurationEstimator
from zoo.page.explain.explain_cards import expect_offered, explained_card, note, offered
from zoo.types import DEFAULT_EXPLAINER, Explanation, HeatMap

ANY = ["integrated-gradients", "occlusion", "modality-shapley"]
NASTY = "<script>alert('x')</script>"


def _explanation(values, facts):
    return Explanation("s", "m", "e", np.float32(values), np.eye(4), facts, 1.0)


@pytest.mark.parametrize(
    ("model_id", "expected"),
    [
        ("guided-dual-attention", ["hires-cam", "grad-cam", *ANY, "slice-attention", "spatial-attention"]),
        ("slices-timm", ["hires-cam", "grad-cam", *ANY, "slice-attention"]),
        ("early-fusion", ["hires-cam", "grad-cam", *ANY]),
        ("single-t1ce-attention", ["hires-cam", "grad-cam", *ANY, "slice-attention", "spatial-attention"]),
        ("hemis-fusion", ["hires-cam", "grad-cam", *ANY, "modality-dropping"]),
        ("volume-control", ["occlusion", "modality-shapley", "modality-dropping"]),
    ],
)
def test_only_what_suits_a_model_is_offered_the_default_first(registry, model_id, expected):
    known = offered(registry.explainers.values(), registry.model(model_id))
    assert [each.id for each in known] == expected


def test_what_is_offered_is_what_does_not_refuse(registry):
    """On every model that can grade; those of attention are in the contract of models."""
    for spec in registry.models.values():
        known = {each.id for each in offered(registry.explainers.values(), spec)}
        assert ("modality-dropping" in known) == (not spec.needs)
        assert ("integrated-gradients" in known) == spec.differentiable
        assert (DEFAULT_EXPLAINER in known) == bool(spec.cam_layers)


def _fails(*_):
    raise RuntimeError("out of cheese")


def test_an_outsiders_explainer_of_modalities_is_offered_and_a_faulty_one_costs_itself(registry):
    sound = ExplainerSpec("by-size", "By size", 1, _fails, output="modalities")
    faulty = [replace(sound, id="no-suits", suits=_fails), replace(sound, id="no-cost", cost_of=_fails)]
    known = offered([*faulty, sound, registry.explainer(DEFAULT_EXPLAINER)], registry.model("single-t1ce"))
    assert [each.id for each in known] == [DEFAULT_EXPLAINER, "by-size"]


def test_a_choice_for_another_model_is_told(registry):
    spec, explainer = registry.model("volume-control"), registry.explainer("integrated-gradients")
    with pytest.raises(PluginError, match=r"Integrated gradients can't explain .*: choose one of Occlusion, Modality"):
        expect_offered(registry.explainers.values(), spec, explainer)


def test_a_note_tells_cost_and_what_is_compared_with(registry):
    told = note(registry.model("early-fusion"), registry.explainer("integrated-gradients"), DurationEstimator({}))
    assert "Nothing to see is white matter all over the brain." in told
    assert "Takes about as long as 120 grades and 3 times the memory of a grade." in told
    alone = note(registry.model("early-fusion"), registry.explainer("hires-cam"), DurationEstimator({}))
    assert "Nothing to see" not in alone
    assert "the memory of a grade" in alone


def test_facts_are_told_in_words(registry):
    heat = HeatMap(Path("map.nii.gz"), {"steps": 40.0, "difference": 3.25, "convergence_delta": 0.04}, 12.34)
    told = explained_card(registry.model("early-fusion"), registry.explainer("integrated-gradients"), heat)
    assert "40 steps add up to +3.29 of the +3.25 log-odds" in told
    assert "+0.040 too much (completeness delta). It took 12.3 s." in told


def test_what_an_outsider_tells_is_escaped(registry):
    explainer = ExplainerSpec(NASTY, NASTY, 1, lambda *_: Attribution(np.ones(4)), description=NASTY, baseline=NASTY)
    spec = replace(registry.model("early-fusion"), title=NASTY)
    for html in (
        note(spec, explainer, DurationEstimator({})),
        explained_card(spec, explainer, HeatMap(Path("map.nii.gz"), {NASTY: 1.0}, 1)),
        explained_card(spec, replace(explainer, format_diagnostics=str), _explanation([1, 0, 0, 0], {NASTY: 1.0})),
    ):
        assert "<script" not in html
        assert "&lt;script&gt;" in html


def test_shapley_values_are_bars_with_their_spread(registry):
    facts = {"nothing": -0.6, "spread": 0.1, "everything": 2.4, "spread of T1ce": 0.25}
    values = np.array([0, 3.0, 0, 0], np.float32)
    told = explained_card(
        registry.model("single-t1ce"), registry.explainer("modality-shapley"), _explanation(values, facts)
    )
    assert re.findall('data-modality="(.*?)"', told) == ["t1ce"]
    for words in ("+3.00", "± 0.25", "-0.60 ± 0.10 of nothing", "make up +2.40"):
        assert words in told


def test_values_by_dropping_are_told_in_their_own_words(registry):
    facts = {"nothing": 0.0, "everything": 2.4}
    found = _explanation([1.4, 1, 0, 0], facts)
    told = explained_card(registry.model("hemis-fusion"), registry.explainer("modality-dropping"), found)
    assert "+0.00 of no modality at all, and these, make up +2.40" in told
    assert told.count("data-modality") == 4
    assert "±" not in told, "one without spreads has no column of them"


@pytest.mark.parametrize("words", [None, _fails], ids=["none of its own", "faulty ones"])
def test_facts_of_an_outsider_are_told_name_by_name(registry, words):
    explainer = ExplainerSpec("by-size", "By size", 1, _fails, output="modalities", format_diagnostics=words)
    found = _explanation([0.5, -2, 0, 0], {"largest": 2.0, "spread of T1ce": 0.25})
    told = explained_card(registry.model("early-fusion"), explainer, found)
    assert "<p>largest 2. It took 1.0 s.</p>" in told
    assert "-2.00" in told
    assert told.count("±") == 1
    silent = explained_card(registry.model("early-fusion"), explainer, _explanation([0] * 4, {}))
    assert "<p>It took 1.0 s.</p>" in silent
