"""What training minimises: the grade's weighted cross-entropy, and the regions' as a guide to where to look."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from training.options import FitOptions


def balanced_weights(y: np.ndarray) -> Tensor:
    """N / (2·n_c) for each class c: both grades count alike over the whole training set."""
    counts = np.bincount(y, minlength=2)
    return torch.tensor(len(y) / (2 * counts), dtype=torch.float32)


def training_loss(
    module: nn.Module, x: Tensor, present: Tensor, regions: Tensor, y: Tensor, weights: Tensor, options: FitOptions
) -> Tensor:
    """Weighted cross-entropy of the grade, plus the loss of the regions where the model offers them."""
    logits, auxiliary = _grade_and_auxiliary(module, x, present)
    loss = grade_loss(logits, y, weights, options.label_smoothing)
    if "regions" not in auxiliary:
        return loss
    return loss + options.region_weight * region_loss(auxiliary["regions"], regions, options.rare_region)


def _grade_and_auxiliary(module: nn.Module, x: Tensor, present: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
    """What a model offers to train by beside its logits: nothing, unless it says otherwise."""
    if hasattr(module, "grade_and_auxiliary"):
        return module.grade_and_auxiliary(x, present)
    return module(x, present), {}


def grade_loss(logits: Tensor, y: Tensor, weights: Tensor, smoothing: float) -> Tensor:
    """Divided by the number of cases: torch's weighted mean would cancel the weights at batch size 1."""
    losses = functional.cross_entropy(logits.float(), y, reduction="none", label_smoothing=smoothing)
    return (weights[y] * losses).mean()


def region_loss(logits: Tensor, shares: Tensor, rare: float) -> Tensor:
    """Cross-entropy with soft targets, averaged over the logits' grid; cases without a mask (NaN) don't count."""
    target = functional.adaptive_avg_pool3d(shares, logits.shape[2:])
    known = ~target.isnan()
    weight = torch.full((), rare, device=logits.device)
    losses = functional.binary_cross_entropy_with_logits(
        logits.float(), target.nan_to_num(), reduction="none", pos_weight=weight
    )
    return (losses * known).sum() / known.sum().clamp(min=1)
