"""What a model does with its input before any layer sees it."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

BACKGROUND_MARGIN = 0.05


def masked(x: Tensor, present: Tensor) -> Tensor:
    """Zero absent modalities, whatever their voxels hold: x [B, 4, D, H, W], present bool [B, 4].

    Also features of one modality, [B, C, …], by its own present, bool [B, 1], or of all, [B, 4, C, …]. What lacks
    nothing comes back as it is, not as a copy.
    """
    if not present.is_meta and bool(present.all()):
        return x
    return torch.where(present[(..., *[None] * (x.dim() - present.dim()))], x, 0)


def any_present(here: Tensor) -> bool:
    """Whether any study of the batch has a modality, so that the work for it can be spared; here: bool [B].

    On the meta device, which has shapes and no values, yes.
    """
    return here.is_meta or bool(here.any())


def slices_with_brain(scan: Tensor, depth: int) -> Tensor:
    """Which slices of the features, bool [B, depth], show any brain in scan [B, C, D, H, W]."""
    brightest = scan.amax((3, 4))  # of each channel's slices
    background = scan.amin((2, 3, 4))[..., None]
    brain = (brightest > background + BACKGROUND_MARGIN).any(dim=1).float()
    return functional.adaptive_max_pool1d(brain[:, None], depth)[:, 0] > 0
