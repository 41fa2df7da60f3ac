"""What a model knows of a study before it grades: the features that its head is given."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from zoo import ModelSpec
from zoo.weights.load import device_of

from ..data.batches import apply
from ..data.prepared_cohort import PreparedCohort


def head_features(spec: ModelSpec, module: nn.Module, cohort: PreparedCohort, rows: np.ndarray) -> np.ndarray | None:
    """Inputs of `module.head`, float64 [len(rows), F]; None for a model without a head."""
    if not hasattr(module, "head"):
        return None
    given: list[Tensor] = []

    def keep(head: nn.Module, inputs: tuple[Any, ...]) -> None:
        given[:] = [one.flatten(1) for one in inputs if torch.is_floating_point(one)]

    def read(x: Tensor, present: Tensor) -> Tensor:
        module(x, present)
        return torch.cat(given, dim=1)

    handle = module.get_submodule("head").register_forward_pre_hook(keep)
    try:
        return apply(read, cohort, rows, spec.uses, device_of(module))
    finally:
        handle.remove()
