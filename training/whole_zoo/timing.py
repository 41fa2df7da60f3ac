"""How long a model takes to grade one study that is prepared already."""

from __future__ import annotations

import statistics
import time

import torch
from torch import nn

from zoo import MODALITIES, Recipe
from zoo.blocks import OneDNNConvolutions
from zoo.weights.load import device_of

CORES, ROUNDS = 2, 5


def seconds_a_study(module: nn.Module, recipe: Recipe, rounds: int = ROUNDS) -> float:
    """Median of that many forward passes after a first one, on `CORES` cores or the GPU that the module is on."""
    device = device_of(module)
    x = torch.randn(1, len(MODALITIES), *recipe.shape, device=device)
    present = torch.ones(1, len(MODALITIES), dtype=torch.bool, device=device)
    before = torch.get_num_threads()
    torch.set_num_threads(CORES)
    try:
        return statistics.median([_seconds(module, x, present) for _ in range(rounds + 1)][1:])
    finally:
        torch.set_num_threads(before)


def _seconds(module: nn.Module, x: torch.Tensor, present: torch.Tensor) -> float:
    began = time.perf_counter()
    with torch.inference_mode(), OneDNNConvolutions():  # as models grade
        module(x, present).cpu()
    return time.perf_counter() - began
