"""Rows of a prepared cohort as tensors on the device, and functions applied to them batch by batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor, nn

from training.cache import PreparedCohort
from zoo import MODALITIES
from zoo.weights import device_of

BATCH_SIZE = 8


def best_device() -> torch.device:
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def load_batch(
    cohort: PreparedCohort, rows: np.ndarray, modalities: Sequence[str], device: torch.device
) -> tuple[Tensor, ...]:
    """One batch on the device: x, present (only the modalities to be shown), region shares, grades."""
    shown = np.array([name in modalities for name in MODALITIES])
    arrays = cohort.x[rows], cohort.present[rows] & shown, cohort.regions[rows], cohort.y[rows]
    x, present, regions, y = (torch.from_numpy(array).to(device) for array in arrays)
    return x.float(), present, regions.float(), y


def predict(module: nn.Module, cohort: PreparedCohort, rows: np.ndarray, modalities: Sequence[str]) -> np.ndarray:
    """logit(HGG) − logit(LGG) of the chosen cases, float64 [len(rows)]."""
    logits = apply(module, cohort, rows, modalities, device_of(module))
    return logits[:, 1] - logits[:, 0]


def apply(
    function: Callable[[Tensor, Tensor], Tensor],
    cohort: PreparedCohort,
    rows: np.ndarray,
    modalities: Sequence[str],
    device: torch.device,
) -> np.ndarray:
    """function(x, present) of the chosen cases, batch by batch on the device, float64 [len(rows), …]."""
    results = []
    with torch.inference_mode():
        for part in np.array_split(rows, max(1, len(rows) // BATCH_SIZE)):
            x, present, _, _ = load_batch(cohort, part, modalities, device)
            results.append(function(x, present).double().cpu().numpy())
    return np.concatenate(results)
