"""Tests of whether a map depends on what the model has learned (Adebayo et al. 2018, arXiv 1810.03292)"""

from __future__ import annotations

import copy

import numpy as np
import torch
from scipy.stats import spearmanr
from torch import nn

SEED = 0


def redrawn(module: nn.Module, seed: int = SEED) -> nn.Module:
    """The same network without what it has learned: each parameter is drawn anew from a normal distribution.

    With mean and standard deviation of the tensor it replaces, so that activations stay in their range; a tensor of one
    number (such as the weight of an attention branch) stays as it is.
    """
    generator = torch.Generator().manual_seed(seed)
    other = copy.deepcopy(module)
    with torch.no_grad():
        for parameter in other.parameters():
            noise = torch.randn(parameter.shape, generator=generator).to(parameter)
            parameter.copy_(parameter.mean() + noise * parameter.std(correction=0))
    return other


def rank_correlation(first: np.ndarray, second: np.ndarray) -> float | None:
    """Correlate two maps' importances of the same voxels, by Spearman's ρ; None where one is the same everywhere."""
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return None
    return float(spearmanr(first, second).statistic)
