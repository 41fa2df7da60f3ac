"""What every registered model must keep, whoever wrote it."""

from __future__ import annotations

from dataclasses import fields

import pytest
import torch

from zoo import MODALITIES
from zoo.registry import load_registry

MODELS = load_registry().models
SHAPE = (8, 48, 40)


@pytest.fixture(params=[model_id for model_id in MODELS if not model_id.endswith(".paper")])
def built(request):
    """A model moved away from where it starts: parameters that are 0 at first hide what lies behind them."""
    spec = MODELS[request.param]
    torch.manual_seed(0)
    module = spec.build(**spec.options).eval()
    for parameter in module.parameters():
        parameter.data += 0.05 * torch.randn_like(parameter)
    return spec, module


def _input(batch=2):
    generator = torch.Generator().manual_seed(3)
    return torch.randn(batch, 4, *SHAPE, generator=generator), torch.ones(batch, 4, dtype=torch.bool)


def test_logits_are_finite_repeatable_and_one_row_a_study(built):
    _, module = built
    x, present = _input()
    with torch.inference_mode():
        logits = module(x, present)
        assert logits.shape == (2, 2)
        assert logits.isfinite().all()
        torch.testing.assert_close(module(x, present), logits)
        torch.testing.assert_close(module(x[1:], present[1:]), logits[1:], atol=1e-5, rtol=1e-4)


def test_gradients_reach_the_input_and_every_parameter(built):
    spec, module = built
    x, present = _input()
    x.requires_grad_()
    module(x, present)[:, 1].sum().backward()
    used = [MODALITIES.index(name) for name in spec.uses]
    assert x.grad.isfinite().all()
    assert (x.grad[:, used].abs().amax((0, 2, 3, 4)) > 0).all()
    silent = [name for name, p in module.named_parameters() if p.grad is None or not p.grad.any()]
    # A softmax ignores what is added to all its scores: the key's bias can't matter.
    assert [name for name in silent if not name.endswith("key.bias")] == []


def test_voxels_of_an_absent_modality_do_not_matter(built):
    spec, module = built
    x, present = _input(1)
    dispensable = [name for name in MODALITIES if name not in spec.needs]
    with torch.inference_mode():
        for name in dispensable:
            index = MODALITIES.index(name)
            absent = present.clone()
            absent[:, index] = False
            changed = x.clone()
            changed[:, index] = torch.randn(SHAPE) * 100
            torch.testing.assert_close(module(changed, absent), module(x, absent))


def test_in_a_mixed_batch_each_study_is_graded_by_what_it_has(built):
    spec, module = built
    x, present = _input(2)
    for name in MODALITIES:
        if name not in spec.needs:
            present[1, MODALITIES.index(name)] = False
    with torch.inference_mode():
        together = module(x, present)
        for row in range(2):
            alone = module(x[row : row + 1], present[row : row + 1])
            torch.testing.assert_close(together[row : row + 1], alone, atol=1e-5, rtol=1e-4)


def test_what_it_uses_matters(built):
    spec, module = built
    x, present = _input(1)
    with torch.inference_mode():
        for name in spec.uses:
            changed = x.clone()
            changed[:, MODALITIES.index(name)] += torch.randn(SHAPE)
            assert not torch.allclose(module(changed, present), module(x, present))


def test_bfloat16_autocast_is_close(built):
    _, module = built
    x, present = _input(1)
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        half = module(x, present)
    with torch.inference_mode():
        torch.testing.assert_close(half.float(), module(x, present), atol=0.1, rtol=0.1)


def test_cam_layers_exist_for_all_it_uses(built):
    spec, module = built
    assert set(spec.cam_layers) == set(spec.uses)
    for layer in spec.cam_layers.values():
        module.get_submodule(layer)


@pytest.mark.parametrize("spec", MODELS.values(), ids=MODELS.keys())
def test_spec_is_complete(spec):
    for field in fields(spec.card):
        assert getattr(spec.card, field.name).strip(), field.name
    assert set(spec.needs) <= set(spec.uses) <= set(MODALITIES)
    assert spec.phases
    assert set(spec.phases[-1].modalities) == set(spec.uses)
    assert sum(phase.share for phase in spec.phases) == pytest.approx(1)


def test_paper_preset_has_the_papers_size():
    """Four trunks of 11.47 M, with attention, guidance and head on top, built without memory."""
    spec = MODELS["guided-dual-attention.paper"]
    with torch.device("meta"):
        module = spec.build(**spec.options)
    encoders = sum(p.numel() for p in module.encoders.parameters())
    assert encoders == pytest.approx(45.9e6, rel=0.01)
