"""How parameters move: AdamW at the rates of a phase, warmed up and annealed along a cosine."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import nn
from torch.optim import AdamW
from torch.optim.lr_scheduler import LambdaLR

from zoo import Phase
from zoo.weights.load import device_of

from ..options import FitOptions


def build_optimization(module: nn.Module, phase: Phase, options: FitOptions, steps: int) -> tuple[AdamW, LambdaLR]:
    """The optimizer and schedule of one phase of so many steps. At a rate of 0 parameters stay as they are."""
    groups: dict[float, list[nn.Parameter]] = {}
    for name, parameter in module.named_parameters():
        rate = _rate(name, phase)
        parameter.requires_grad_(rate > 0)
        groups.setdefault(rate, []).append(parameter)
    on_cpu = device_of(module).type == "cpu"
    optimizer = AdamW(
        [{"params": parameters, "lr": options.learning_rate * rate} for rate, parameters in groups.items()],
        weight_decay=options.weight_decay,
        fused=on_cpu or None,  # in one pass; None leaves it to torch
    )
    return optimizer, LambdaLR(optimizer, warm_cosine(steps, options.warm_up))


def warm_cosine(steps: int, warm_up: float) -> Callable[[int], float]:
    """Factor on the learning rate by step, from 0: rises linearly for that share of the steps, then half a cosine."""
    rise = max(1, round(steps * warm_up))

    def factor(step: int) -> float:
        if step < rise:
            return (step + 1) / rise
        return (1 + math.cos(math.pi * (step + 1 - rise) / (steps + 1 - rise))) / 2

    return factor


def _rate(name: str, phase: Phase) -> float:
    return next((rate for prefix, rate in phase.rates.items() if name.startswith(prefix)), 1.0)


def channels_last(module: nn.Module) -> nn.Module:
    """Lay 3-D kernels out as the fast convolutions read them; `Module.to` would stumble over 2-D ones."""
    for parameter in module.parameters():
        if parameter.ndim == 5:
            parameter.data = parameter.data.contiguous(memory_format=torch.channels_last_3d)
    return module
