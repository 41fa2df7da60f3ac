"""Integrated gradients against paths whose integral is known, and against their own promise to add up."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from zoo import Cancelled, PluginError, Question, Recipe
from zoo.assets.examples import EXAMPLES
from zoo.plugins.integrated_gradients import PIECES, THIRDS, TYPICAL_STEPS, explain
from zoo.registry import load_registry
from zoo.study.load import load_volumes
from zoo.study.prepare import prepare
from zoo.weights.load import load_weights

SHAPE = (4, 6, 5)
REGISTRY = load_registry()
DIFFERENTIABLE = [spec.id for spec in REGISTRY.models.values() if spec.is_trained and spec.differentiable]


class Polynomial(torch.nn.Module):
    """logit(HGG) = Σ wᵢ xᵢᵖ; from 0 to x the gradients integrate to wᵢ xᵢᵖ, whatever p."""

    def __init__(self, power):
        super().__init__()
        self.power, self.weight = power, torch.randn(4, *SHAPE, generator=torch.Generator().manual_seed(1))

    def forward(self, x, present):
        margin = (self.weight * x**self.power).sum((1, 2, 3, 4))
        return torch.stack([torch.zeros_like(margin), margin], dim=1)


class Cliff(torch.nn.Module):
    """A step that twelve points on the path can't place."""

    def forward(self, x, present):
        margin = 4 * torch.sigmoid(2000 * (x.mean((1, 2, 3, 4)) - 0.031))
        return torch.stack([torch.zeros_like(margin), margin], dim=1)


def _question(registry, module, x, model_id="early-fusion"):
    return Question(module, registry.model(model_id), x, torch.ones(1, 4, dtype=torch.bool))


def _inside(seed=0):
    """All brain: no voxel as dark as the background, so that the baseline is 0 everywhere."""
    return torch.rand(1, 4, *SHAPE, generator=torch.Generator().manual_seed(seed)) + 0.1


@pytest.fixture(scope="module")
def example():
    """x and present of the page's first example."""
    volumes = load_volumes(REGISTRY.read([Path(scan) for scan in EXAMPLES[0].scans()]))
    found = prepare(volumes, Recipe(shape=(20, 48, 40), spacing=(8, 4, 4)))
    return torch.from_numpy(found.x), torch.from_numpy(found.present)


@pytest.mark.parametrize("power", [1, 2, 3])
def test_equals_the_integral(registry, power):
    module, x = Polynomial(power), _inside()
    found = explain(_question(registry, module, x), lambda *update: None)
    np.testing.assert_allclose(found.values, (module.weight * x[0] ** power).numpy(), atol=1e-4)
    assert found.facts["steps"] == PIECES * THIRDS
    assert found.facts["difference"] == pytest.approx(found.values.sum(), abs=1e-3)


def test_background_is_no_difference(registry):
    x = _inside()
    x[..., 0] = -1
    found = explain(_question(registry, Polynomial(2), x), lambda *update: None).values
    assert not found[..., 0].any()
    assert found[..., 1:].all()


def test_only_pieces_that_do_not_add_up_are_cut(registry):
    x = torch.full((1, 4, *SHAPE), 0.1)
    found = explain(_question(registry, Cliff(), x), lambda *update: None)
    assert PIECES * THIRDS < found.facts["steps"] < 4 * PIECES * THIRDS
    assert abs(found.facts["convergence_delta"]) <= 0.05 * found.facts["difference"]


def test_a_piece_that_is_cut_hands_its_middle_on(registry):
    """Of a way that is steep at its end, pieces of pieces are cut; each cut takes six new gradients, not nine."""
    module, x = Polynomial(60), torch.ones(1, 4, *SHAPE)
    found = explain(_question(registry, module, x), lambda *update: None)
    np.testing.assert_allclose(found.values, module.weight.numpy(), rtol=0.05)
    cuts = (found.facts["steps"] - PIECES * THIRDS) / 6
    assert cuts >= 1
    assert cuts == int(cuts) < 6


def test_each_step_is_told_and_can_be_cancelled(registry):
    told = []

    def progress(fraction, text):
        told.append(fraction)
        if len(told) == 3:
            raise Cancelled("Cancelled.")

    with pytest.raises(Cancelled):
        explain(_question(registry, Polynomial(2), _inside()), progress)
    assert told == [0, 0, 1 / (1 + TYPICAL_STEPS)]


def test_what_is_told_never_goes_back(registry):
    told = []
    x = torch.full((1, 4, *SHAPE), 0.1)
    explain(_question(registry, Cliff(), x), lambda fraction, text: told.append((fraction, text)))
    fractions, texts = zip(*told, strict=True)
    assert list(fractions) == sorted(fractions)
    assert texts[1] == "Integrated gradients, step 1"
    assert len(set(texts)) > PIECES * THIRDS


def test_models_without_gradients_are_told_what_else_there_is(registry):
    with pytest.raises(PluginError, match="occlusion"):
        explain(_question(registry, torch.nn.Identity(), _inside(), "volume-control"), lambda *update: None)


@pytest.mark.long
@pytest.mark.usefixtures("fast_convolutions")
@pytest.mark.parametrize("model_id", DIFFERENTIABLE)
def test_adds_up_on_every_model_that_was_trained(example, model_id):
    """On a grid half as fine: on their own, some models take minutes."""
    trained = load_weights(REGISTRY.model(model_id))
    question = Question(trained.module, trained.spec, *example)
    difference = float(question.margin(question.x) - question.margin(question.baseline))
    total = explain(question, lambda *update: None).values.sum(dtype=float)
    assert abs(total - difference) <= max(0.05 * abs(difference), 0.05)
