"""Shapley values against Captum's, and against the axioms."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
import torch
from captum.attr import ShapleyValues

from zoo import PluginError, Question, Recipe
from zoo.assets.references import load_references
from zoo.plugins.modality_shapley import by_dropping, by_replacing, shapley_values

SMALL = Recipe(shape=(4, 12, 10), spacing=(40.0, 16.0, 16.0))  # Captum looks at each voxel of each permutation
PRESENT = torch.ones(1, 4, dtype=torch.bool)


class Interacting(torch.nn.Module):
    """T1ce counts only beside T1; T2 counts alone; FLAIR not at all."""

    def forward(self, x, present):
        t1, t1ce, t2, _ = (x * present[:, :, None, None, None]).mean((2, 3, 4)).unbind(1)
        margin = 30 * t1 * t1ce + 2 * t2
        return torch.stack([torch.zeros_like(margin), margin], dim=1)


def _question(registry, model_id="early-fusion", module=None, present=PRESENT):
    spec = registry.model(model_id)
    spec = spec if module else replace(spec, recipe=SMALL)
    x = torch.randn(1, 4, *spec.recipe.shape, generator=torch.Generator().manual_seed(3)).clamp(-1) * 0.5
    return Question(module or Interacting(), spec, x * present[:, :, None, None, None], present)


def test_equals_captum_for_each_reference(registry):
    question = _question(registry)
    found = by_replacing(question, lambda *update: None)
    mask = torch.arange(4)[None, :, None, None, None].expand_as(question.x).contiguous()
    expected = [
        ShapleyValues(question.margin).attribute(question.x, torch.from_numpy(reference)[None], feature_mask=mask)
        for reference in load_references(question.spec.recipe)
    ]
    expected = torch.cat(expected).mean(0)[:, 0, 0, 0]
    np.testing.assert_allclose(found.values, expected.numpy(), atol=1e-5)
    assert found.values[1] != 0
    assert found.values[3] == 0


@pytest.mark.usefixtures("fast_convolutions")
@pytest.mark.parametrize("model_id", ["guided-dual-attention", "single-t1ce", "hemis-fusion"])
def test_they_add_up_exactly(registry, model_id):
    spec = registry.model(model_id)
    torch.manual_seed(0)
    module = spec.build(**spec.options).eval()
    found = by_replacing(_question(registry, model_id, module), lambda *update: None)
    assert found.values.sum() == pytest.approx(found.facts["everything"] - found.facts["nothing"], abs=1e-5)
    assert [value != 0 for value in found.values] == [name in spec.uses for name in ("t1", "t1ce", "t2", "flair")]


def test_absent_modalities_take_no_part(registry):
    present = torch.tensor([[True, True, False, True]])
    found = by_replacing(_question(registry, present=present), lambda *update: None)
    assert found.values[2] == 0
    assert "spread of T2" not in found.facts


def test_dropping_marks_modalities_absent(registry):
    question = _question(registry, "hemis-fusion")
    found = by_dropping(question, lambda *update: None)
    t1, t1ce, t2, _ = question.x.mean((2, 3, 4))[0]
    np.testing.assert_allclose(found.values, [15 * t1 * t1ce, 15 * t1 * t1ce, 2 * t2, 0], atol=1e-5)


def test_what_can_not_do_without_is_not_dropped(registry):
    with pytest.raises(PluginError, match="needs T1ce and can't do without: choose Modality Shapley values"):
        by_dropping(_question(registry, "guided-dual-attention"), lambda *update: None)


def test_a_glove_game():
    """Two left gloves and a right one (textbook): 1/6, 1/6, 4/6."""
    subsets = [subset for size in range(4) for subset in combinations(range(3), size)]
    worths = {subset: float(2 in subset and len(subset) > 1) for subset in subsets}
    np.testing.assert_allclose(shapley_values(worths), [1 / 6, 1 / 6, 4 / 6, 0])
