"""How long a model takes to grade one study that is prepared already."""

from __future__ import annotations

import statistics
import time

import torch

from zoo import MODALITIES
from zoo.weights import TrainedModel, device_of

CORES, ROUNDS = 2, 5


def seconds_a_study(model: TrainedModel) -> float:
    """Median of `ROUNDS` forward passes after a first one, on `CORES` cores or the GPU that the model is on."""
    device = device_of(model.module)
    x = torch.randn(1, len(MODALITIES), *model.spec.recipe.shape, device=device)
    present = torch.ones(1, len(MODALITIES), dtype=torch.bool, device=device)
    before = torch.get_num_threads()
    torch.set_num_threads(CORES)
    try:
        return statistics.median([_seconds(model, x, present) for _ in range(ROUNDS + 1)][1:])
    finally:
        torch.set_num_threads(before)


def _seconds(model: TrainedModel, x: torch.Tensor, present: torch.Tensor) -> float:
    began = time.perf_counter()
    with torch.inference_mode():
        model.module(x, present).cpu()
    return time.perf_counter() - began
