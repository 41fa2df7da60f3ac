"""Occlusion against models whose answer to a hidden patch is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from zoo import Cancelled, Question, Recipe
from zoo.plugins.occlusion import explain

SHAPE, SIDE = (12, 24, 24), (6, 12, 12)
RECIPE = Recipe(shape=SHAPE, spacing=(4.0, 2.0, 2.0))


class Sum(torch.nn.Module):
    def __init__(self, weights):
        super().__init__()
        self.weights = torch.tensor(weights)[:, None, None, None]

    def forward(self, x, present):
        margin = (self.weights * x).sum((1, 2, 3, 4))
        return torch.stack([torch.zeros_like(margin), margin], dim=1)


def _explained(registry, module, x, present=(True,) * 4, progress=lambda *update: None):
    spec = replace(registry.model("early-fusion"), recipe=RECIPE)
    return explain(Question(module, spec, x, torch.tensor([present])), progress)


def test_a_cube_has_what_the_margin_loses_without_it(registry):
    x = torch.rand(1, 4, *SHAPE) + 0.1
    found = _explained(registry, Sum([1.0, -2.0, 0.5, 0.0]), x)
    cube = tuple(slice(side, 2 * side) for side in SIDE)
    expected = (torch.tensor([1.0, -2.0, 0.5, 0.0]) * x[0][:, *cube].sum((1, 2, 3))).numpy()
    for index in range(4):
        np.testing.assert_allclose(found.values[index][cube], expected[index], rtol=1e-3, atol=1e-3)
    assert found.facts["patches"] == 8


def test_what_is_not_brain_or_not_there_is_not_hidden(registry):
    x = torch.rand(1, 4, *SHAPE) + 0.1
    x[..., 12:] = -1
    x[:, 2] = 0
    found = _explained(registry, Sum([1.0, 1.0, 1.0, 1.0]), x, present=(True, True, False, True))
    assert found.facts["patches"] == 4
    assert not found.values[..., 12:].any()
    assert not found.values[2].any()
    assert found.values[0][..., :12].all()


def test_each_patch_is_told_and_can_be_cancelled(registry):
    told = []

    def progress(fraction, text):
        told.append(text)
        if len(told) == 5:
            raise Cancelled("Cancelled.")

    with pytest.raises(Cancelled):
        _explained(registry, Sum([1.0] * 4), torch.rand(1, 4, *SHAPE) + 0.1, progress=progress)
    assert told[-1] == "Occlusion, patch 4 of 33"
