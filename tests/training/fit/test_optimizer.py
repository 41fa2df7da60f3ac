"""Rates by phase, a cosine with warm-up, and kernels laid out for 3-D convolutions."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from training.fit.optimizer import build_optimization, channels_last, warm_cosine
from training.options import FitOptions
from zoo import Phase


def test_rates_follow_the_prefixes_of_a_phase():
    module = nn.ModuleDict({"slow": nn.Linear(2, 2), "frozen": nn.Linear(2, 2), "head": nn.Linear(2, 2)})
    phase = Phase("one", ("t1",), rates={"slow.": 0.1, "frozen.": 0.0})
    optimizer, _ = build_optimization(module, phase, FitOptions(learning_rate=0.5, warm_up=0.1), 10)
    rates = {id(parameter): group["lr"] for group in optimizer.param_groups for parameter in group["params"]}
    assert [rates[id(module[name].weight)] for name in module] == pytest.approx([0.05, 0.0, 0.5])


def test_what_is_frozen_costs_no_gradient_until_it_learns_again():
    module = nn.ModuleDict({"frozen": nn.Linear(2, 2), "head": nn.Linear(2, 2)})
    learns = []
    for rate in (0.0, 0.1):
        build_optimization(module, Phase("one", ("t1",), rates={"frozen.": rate}), FitOptions(), 10)
        learns.append([module[name].weight.requires_grad for name in module])
    assert learns == [[False, True], [True, True]]


def test_the_rate_rises_to_its_peak_then_falls_along_a_cosine_to_nearly_nothing():
    factor = warm_cosine(100, 0.2)
    rates = [factor(step) for step in range(100)]
    assert rates[:20] == pytest.approx([(step + 1) / 20 for step in range(20)])
    assert max(rates) == rates[19] == 1
    cosine = torch.optim.lr_scheduler.CosineAnnealingLR(torch.optim.SGD([nn.Parameter(torch.ones(1))], 1.0), 81)
    expected = []
    for _ in range(80):
        cosine.optimizer.step()
        cosine.step()
        expected.append(cosine.get_last_lr()[0])
    assert rates[20:] == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_short_phases_have_a_rate_at_every_step(steps):
    assert all(0 < warm_cosine(steps, 0.2)(step) <= 1 for step in range(steps))


def test_on_a_cpu_a_step_is_adamws_in_one_pass():
    torch.manual_seed(0)
    modules = [channels_last(nn.Conv3d(4, 3, 3)) for _ in range(2)]
    modules[1].load_state_dict(modules[0].state_dict())
    options = FitOptions(learning_rate=0.1, weight_decay=0.1)
    one_pass, _ = build_optimization(modules[0], Phase("one", ("t1",)), options, 1)
    plain = torch.optim.AdamW(modules[1].parameters(), lr=0.1, weight_decay=0.1, foreach=False, fused=False)
    assert one_pass.param_groups[0]["fused"]
    x = torch.randn(2, 4, 5, 5, 5)
    for optimizer, module in ((one_pass, modules[0]), (plain, modules[1])):
        for _ in range(3):
            module(x).square().mean().backward()
            optimizer.step()
            optimizer.zero_grad()
    torch.testing.assert_close(modules[0].state_dict(), modules[1].state_dict())


def test_only_volumetric_kernels_are_laid_out_anew():
    module = nn.Sequential(nn.Conv3d(2, 3, 3), nn.Conv2d(2, 3, 3))
    before = [parameter.clone() for parameter in module.parameters()]
    channels_last(module)
    assert module[0].weight.is_contiguous(memory_format=torch.channels_last_3d)
    assert module[1].weight.is_contiguous()
    assert all(torch.equal(old, new) for old, new in zip(before, module.parameters(), strict=True))
