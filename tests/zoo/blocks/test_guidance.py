"""Guidance by its formulas; at the start a secondary sees only itself."""

from __future__ import annotations

import pytest
import torch

from zoo.blocks import GUIDANCE


@pytest.fixture(params=GUIDANCE)
def guidance(request):
    torch.manual_seed(0)
    return request.param, GUIDANCE[request.param](32, 8, norm=lambda channels: torch.nn.Identity())


def test_at_the_start_the_guide_is_not_heard_and_then_it_is(guidance):
    _, module = guidance
    low, guide = torch.rand(1, 8, 4, 6, 5), torch.randn(1, 32, 4, 2, 2)
    torch.testing.assert_close(module(low, guide), low)
    module.fuse.weight.data.add_(0.1)
    assert not torch.allclose(module(low, guide), module(low, guide + 1))


def test_follows_its_formula(guidance):
    kind, module = guidance
    module.fuse.weight.data.normal_()
    low, guide = torch.rand(2, 8, 4, 6, 5), torch.randn(2, 32, 4, 6, 5)
    reduced = torch.einsum("oc,bcdhw->bodhw", module.reduce.weight[:, :, 0, 0, 0], guide)
    reduced = reduced + module.reduce.bias[:, None, None, None]
    weight = module.fuse.weight[:, :, 0, 0, 0]

    def fused(maps):
        return torch.einsum("oc,bcdhw->bodhw", weight, maps)

    expected = {
        "concat": lambda: fused(torch.cat([low, reduced], 1)),
        "add": lambda: low + fused(reduced),
        "gate": lambda: low * (1 + fused(reduced).tanh()),
    }[kind]()
    torch.testing.assert_close(module(low, guide), expected.clamp(min=0), atol=1e-5, rtol=1e-4)


def test_a_coarse_guide_is_brought_to_the_finer_grid(guidance):
    _, module = guidance
    module.fuse.weight.data.normal_()
    low = torch.rand(1, 8, 4, 8, 8)
    constant = torch.randn(1, 32, 1, 1, 1)
    torch.testing.assert_close(
        module(low, constant.expand(-1, -1, 2, 2, 2)), module(low, constant.expand(-1, -1, 4, 8, 8))
    )
