"""How large a model is, without computing anything: modules are built and run on the meta device."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zoo.types import MODALITIES, ModelSpec

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Size:
    """Size of a model. parameters: trained ones, members' included. gflops: of one study at the recipe's shape, in 10⁹.

    A multiplication with its addition counts as two (convolutions, matrix products and attention, nothing else).
    None where a model can't be run without values.
    """

    parameters: int
    gflops: float | None


def measure_size(spec: ModelSpec) -> Size:
    """Build the model without memory for its weights, and measure it."""
    import torch

    from zoo.weights.load import build_module

    with torch.device("meta"):
        module = build_module(spec).eval()
        x = torch.zeros(1, len(MODALITIES), *spec.recipe.shape)
        present = torch.ones(1, len(MODALITIES), dtype=torch.bool)
    return Size(sum(parameter.numel() for parameter in module.parameters()), _gflops(module, x, present))


def _gflops(module: torch.nn.Module, x: torch.Tensor, present: torch.Tensor) -> float | None:
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    try:
        with FlopCounterMode(display=False) as counter, torch.inference_mode():
            module(x, present)
    except (RuntimeError, NotImplementedError):
        return None
    return counter.get_total_flops() / 1e9
