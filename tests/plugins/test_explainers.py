"""What every explainer keeps to, whoever wrote it, on models of every family."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from zoo import PluginError, Question, Recipe
from zoo.conformance import EXPLAINER_CONTRACT, check_explainer
from zoo.registry import load_registry
from zoo.weights.load import build_module

REGISTRY = load_registry()
SMALL = Recipe(shape=(8, 48, 40))
FEW_STEPS = 40  # of integrated gradients, which need not add up here
MODELS = ["guided-dual-attention", "single-t1ce-attention", "hemis-fusion", "slices-timm", "decision-mean"]
REFUSED = {("modality-dropping", model_id) for model_id in MODELS if model_id != "hemis-fusion"} | {
    (f"{kind}-attention", model_id)
    for kind, model_id in [
        ("slice", "hemis-fusion"),
        ("slice", "decision-mean"),
        ("spatial", "hemis-fusion"),
        ("spatial", "decision-mean"),
        ("spatial", "slices-timm"),
    ]
}


@pytest.mark.parametrize("explainer_id", REGISTRY.explainers)
def test_keeps_what_it_promises(explainer_id):
    """On tiny models; what it says of the zoo's is below."""
    found = list(check_explainer(REGISTRY.explainer(explainer_id), models=REGISTRY.models.values()))
    assert len(found) == len(EXPLAINER_CONTRACT)
    broken = [f"{outcome.promise} {outcome.problem}" for outcome in found if not outcome.kept]
    assert not broken, "\n".join(broken)
    assert {outcome.promise for outcome in found if outcome.skipped} <= {"It puts its facts in words."}


@pytest.fixture(scope="module")
def question():
    """question(id) -> about a random study and the model as it is before training."""
    asked = {}

    def ask(model_id):
        if model_id not in asked:
            torch.manual_seed(0)
            spec = replace(REGISTRY.model(model_id), recipe=SMALL)
            module = build_module(spec).eval().requires_grad_(False)
            x = torch.randn(1, 4, *SMALL.shape).clamp(-0.9)
            x[..., 32:] = -1
            asked[model_id] = Question(module, spec, x, torch.ones(1, 4, dtype=torch.bool))
        return asked[model_id]

    return ask


@pytest.mark.usefixtures("fast_convolutions")
@pytest.mark.parametrize("model_id", MODELS)
@pytest.mark.parametrize("explainer_id", REGISTRY.explainers)
def test_gives_what_it_says_and_tells_how_far_it_is(question, explainer_id, model_id, monkeypatch):
    monkeypatch.setattr("zoo.plugins.integrated_gradients.MOST_STEPS", FEW_STEPS)
    explainer, asked, told = REGISTRY.explainer(explainer_id), question(model_id), []
    before = asked.x.clone()
    if (explainer_id, model_id) in REFUSED:
        with pytest.raises(PluginError, match="choose"):
            explainer.explain(asked, lambda *update: None)
        return
    found = explainer.explain(asked, lambda fraction, text: told.append((fraction, text)))
    assert found.values.shape == ((4,) if explainer.output == "modalities" else (4, *SMALL.shape))
    assert np.isfinite(found.values).all()
    assert all(np.isfinite(value) for value in found.facts.values())
    assert told
    assert all(0 <= fraction <= 1 and text for fraction, text in told)
    assert torch.equal(asked.x, before)
