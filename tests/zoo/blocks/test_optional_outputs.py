"""What a module offers is told by its methods, whatever it is made of."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from training.fit.losses import TrainingLoss
from training.options import FitOptions
from zoo.blocks import (
    AUXILIARY_OUTPUTS,
    SupportsAttention,
    SupportsAuxiliary,
    SupportsMeasurements,
    SupportsRegions,
)

METHODS = {
    "grade_and_auxiliary": SupportsAuxiliary,
    "region_logits": SupportsRegions,
    "attention_maps": SupportsAttention,
    "measurements": SupportsMeasurements,
}
OFFERED = {
    "single-t1ce": {"grade_and_auxiliary", "region_logits", "attention_maps"},
    "slices-timm": {"grade_and_auxiliary", "attention_maps"},
    "unet-radiomics": {"grade_and_auxiliary", "region_logits", "measurements"},
    "delta-control": {"measurements"},
}


@pytest.mark.parametrize("name", METHODS)
def test_a_method_is_enough_and_needed(name):
    bare = type("Bare", (nn.Module,), {})()
    offers = type("Offers", (nn.Module,), {name: lambda self, x, present: x})()
    assert not isinstance(bare, METHODS[name])
    assert [ability for ability in METHODS if isinstance(offers, METHODS[ability])] == [name]


@pytest.mark.parametrize("model_id", OFFERED)
def test_what_the_zoos_models_offer(registry, model_id):
    spec = registry.model(model_id)
    module = spec.build(**spec.options)
    assert {name for name, ability in METHODS.items() if isinstance(module, ability)} == OFFERED[model_id]


def test_submodules_are_not_asked_for():
    """From Python 3.12 on, `isinstance` would not find them, and no model would have measurements."""
    assert not any("__annotations__" in vars(ability) and ability.__annotations__ for ability in METHODS.values())


@pytest.mark.parametrize("name", AUXILIARY_OUTPUTS)
def test_training_fits_each_auxiliary_output(name):

    given = nn.Parameter(torch.zeros(2, 3, 2, 2, 2))

    class Grader(nn.Module):
        def grade_and_auxiliary(self, x, present):
            return torch.zeros(2, 2), {name: given}

    loss = TrainingLoss(Grader(), torch.ones(2), FitOptions())
    loss(torch.zeros(2), torch.zeros(2), torch.ones(2, 3, 2, 2, 2), torch.tensor([0, 1])).sum().backward()
    assert given.grad is not None
    assert given.grad.any()
