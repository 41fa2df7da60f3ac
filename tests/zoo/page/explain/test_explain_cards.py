"""What is offered for a model, what it is said to cost, and what is told of an answer."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from zoo import Attribution, ExplainerSpec, PluginError
from zoo.page.eta import DurationEstimator
from zoo.page.explain.explain_cards import expect_offered, explained_card, note, offered
from zoo.types import DEFAULT_EXPLAINER, Explanation, ModelResult

ANY = ["integrated-gradients", "occlusion", "modality-shapley"]
NASTY = "<script>alert('x')</script>"


@pytest.mark.parametrize(
    ("model_id", "expected"),
    [
        ("guided-dual-attention", ["hires-cam", "grad-cam", *ANY, "slice-attention", "spatial-attention"]),
        ("slices-timm", ["hires-cam", "grad-cam", *ANY, "slice-attention"]),
        ("early-fusion", ["hires-cam", "grad-cam", *ANY]),
        ("single-t1ce-attention", ["hires-cam", "grad-cam", *ANY, "slice-attention", "spatial-attention"]),
        ("hemis-fusion", ["hires-cam", "grad-cam", *ANY]),
        ("volume-control", ["occlusion", "modality-shapley"]),
    ],
)
def test_only_what_suits_a_model_is_offered_the_default_first(registry, model_id, expected):
    known = offered(registry.explainers.values(), registry.model(model_id))
    assert [each.id for each in known] == expected


def test_what_is_offered_is_what_does_not_refuse(registry):
    """Of voxels, on every model that can grade; those of attention are in the contract of models."""
    for spec in registry.models.values():
        known = {each.id for each in offered(registry.explainers.values(), spec)}
        assert ("integrated-gradients" in known) == spec.differentiable
        assert (DEFAULT_EXPLAINER in known) == bool(spec.cam_layers)


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
    answer = ModelResult(registry.model("early-fusion"))
    facts = {"steps": 40.0, "difference": 3.25, "convergence_delta": 0.04}
    told = explained_card(answer, registry.explainer("integrated-gradients"), facts, 12.34)
    assert "40 steps add up to +3.29 of the +3.25 log-odds" in told
    assert "+0.040 too much (completeness delta). It took 12.3 s." in told


def test_what_an_outsider_tells_is_escaped(registry):
    explainer = ExplainerSpec(NASTY, NASTY, 1, lambda *_: Attribution(np.ones(4)), description=NASTY, baseline=NASTY)
    spec = replace(registry.model("early-fusion"), title=NASTY)
    for html in (
        note(spec, explainer, DurationEstimator({})),
        explained_card(ModelResult(spec), explainer, {NASTY: 1.0}, 1),
    ):
        assert "<script" not in html
        assert "&lt;script&gt;" in html


def test_shapley_values_are_bars_with_their_spread(registry):
    facts = {"nothing": -0.6, "spread": 0.1, "everything": 2.4, "spread of T1ce": 0.25}
    values = np.array([0, 3.0, 0, 0], np.float32)
    found = Explanation("s", "m", "modality-shapley", values, np.eye(4), facts)
    explainer = registry.explainer("modality-shapley")
    told = explained_card(ModelResult(registry.model("single-t1ce"), contributions=found), explainer, facts, 1)
    assert re.findall('data-modality="(.*?)"', told) == ["t1ce"]
    for words in ("+3.00", "± 0.25", "-0.60 ± 0.10 of nothing", "make up +2.40"):
        assert words in told
