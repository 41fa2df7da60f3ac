"""A model's features are what its head is given."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from training.evaluation.features import head_features
from zoo.weights.load import build_module


@pytest.mark.parametrize(
    ("name", "width"),
    [("single-t1ce", 4), ("early-fusion", 4), ("guided-dual-attention", 4), ("gated-fusion", 4)],
)
def test_a_line_through_them_gives_the_logits(small, material, name, width):
    spec = small(name, width=width)
    module = build_module(spec).eval()
    cohort, rows = material.cohort(spec.recipe), np.arange(5)
    features = torch.from_numpy(head_features(spec, module, cohort, rows)).float()
    linear = next(part for part in module.head.modules() if isinstance(part, torch.nn.Linear))
    logits = module(torch.from_numpy(cohort.x[rows]).float(), torch.from_numpy(cohort.present[rows]))
    torch.testing.assert_close(linear(features), logits, atol=1e-4, rtol=1e-4)
    assert not module.head._forward_pre_hooks


def test_controls_have_their_measurements(registry, material):
    spec = registry.model("volume-control")
    module = build_module(spec)
    found = head_features(spec, module, material.cohort(spec.recipe), np.arange(3))
    assert found.shape == (3, 5)


def test_a_model_without_a_head_has_none(small, registry, material):
    spec = registry.model("decision-mean")
    assert head_features(spec, build_module(spec), material.cohort(spec.recipe), np.arange(2)) is None
