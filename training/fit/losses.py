"""What training minimises: the grade's weighted cross-entropy, and the regions' as a guide to where to look."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext

import numpy as np
import torch
from scipy.special import expit
from sklearn.metrics import log_loss
from torch import Tensor, nn
from torch.nn import functional

from zoo.blocks import REGIONS_OUTPUT, SupportsAuxiliary, SupportsRegions

from ..options import FitOptions
from .accelerator import stays_in_float32


class TrainingLoss(nn.Module):
    """A model with what it is trained by: one module, as processes that train together have to call it.

    forward(x, present, regions, y) -> the loss of each case, float32 [B]: weighted cross-entropy of the grade, plus the
    loss of the regions where the model offers them; of patches, which have no grade (y None), the regions' alone. To be
    averaged over all cases of a step: torch's weighted mean would cancel the class weights at batch size 1.
    """

    def __init__(self, module: nn.Module, class_weights: Tensor, options: FitOptions) -> None:
        super().__init__()
        self.module, self.options = module, options
        self.class_weights = class_weights
        self.in_float32 = stays_in_float32(module, options)

    def forward(self, x: Tensor, present: Tensor, regions: Tensor, y: Tensor | None) -> Tensor:
        with torch.autocast("cpu", enabled=False) if self.in_float32 else nullcontext():
            return self._losses(x, present, regions, y)

    def _losses(self, x: Tensor, present: Tensor, regions: Tensor, y: Tensor | None) -> Tensor:
        if y is None:
            assert isinstance(self.module, SupportsRegions)
            return self._region_losses(self.module.region_logits(x, present), regions)
        logits, auxiliary = self._grade_and_auxiliary(x, present)
        losses = grade_losses(logits, y, self.class_weights, self.options.label_smoothing)
        if REGIONS_OUTPUT not in auxiliary:
            return losses
        return losses + self._region_losses(auxiliary[REGIONS_OUTPUT], regions)

    def _region_losses(self, logits: Tensor, shares: Tensor) -> Tensor:
        options, target = self.options, _on_grid_of(logits, shares)
        losses = options.region_weight * region_losses(logits, target, options.rare_region)
        return losses + options.overlap_weight * overlap_losses(logits, target)

    def _grade_and_auxiliary(self, x: Tensor, present: Tensor) -> tuple[Tensor, Mapping[str, Tensor]]:
        """What a model offers to train by beside its logits: nothing, unless it says otherwise."""
        if isinstance(self.module, SupportsAuxiliary):
            return self.module.grade_and_auxiliary(x, present)
        return self.module(x, present), {}


def balanced_weights(y: np.ndarray) -> Tensor:
    """Weigh each class c by N / (2·n_c), float32 [2]: both grades count alike over the whole training set."""
    counts = np.bincount(y, minlength=2)
    return torch.tensor(len(y) / (2 * counts), dtype=torch.float32)


def grade_losses(logits: Tensor, y: Tensor, weights: Tensor, smoothing: float) -> Tensor:
    """Weighted cross-entropy of each case, [B]."""
    return weights[y] * functional.cross_entropy(logits.float(), y, reduction="none", label_smoothing=smoothing)


def region_losses(logits: Tensor, shares: Tensor, rare: float) -> Tensor:
    """Cross-entropy with soft targets, averaged over the logits' grid, [B]; 0 for a case without a mask (NaN)."""
    target = _on_grid_of(logits, shares)
    known = ~target.isnan()
    weight = torch.full((), rare, device=logits.device)
    losses = functional.binary_cross_entropy_with_logits(
        logits.float(), target.nan_to_num(), reduction="none", pos_weight=weight
    )
    return (losses * known).mean((1, 2, 3, 4))


def overlap_losses(logits: Tensor, shares: Tensor) -> Tensor:
    """Soft Dice loss, smoothed by one voxel, averaged over the regions, [B]; 0 for a case without a mask.

    With squares in the denominator (Milletari et al. 2016, V-Net).
    """
    target = _on_grid_of(logits, shares)
    known = ~target.isnan().flatten(1).any(1)
    scores, target = logits.float().sigmoid(), target.nan_to_num()
    shared, size = (2 * scores * target).sum((2, 3, 4)), (scores.square() + target.square()).sum((2, 3, 4))
    return (1 - (shared + 1) / (size + 1)).mean(1) * known


def _on_grid_of(logits: Tensor, shares: Tensor) -> Tensor:
    depth, height, width = logits.shape[2:]
    if shares.shape[2:] == logits.shape[2:]:
        return shares
    return functional.adaptive_avg_pool3d(shares, (depth, height, width))


def balanced_log_loss(margins: np.ndarray, y: np.ndarray, weights: np.ndarray) -> float:
    """Weigh the cross-entropy of logit(HGG) − logit(LGG), float64 [N], so that both grades count alike."""
    return float(log_loss(y, expit(margins), sample_weight=weights[y], labels=[0, 1]))
