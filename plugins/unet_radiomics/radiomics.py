"""What is measured of the regions found, smoothly, so that gradients reach the input.

Sizes, shares, intensities, mismatch of T2 and FLAIR, the rim's closure and the border's sharpness: what radiology reads
a grade from, as numbers (radiomics, Lambin et al. 2012).
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from zoo.blocks import REGIONS, RegionScores

from .intensities import CONTRASTS, change, contrasts_of, means_and_spreads
from .shapes import border, grown, log_volume, share, shrunk

PLACES = (*REGIONS, "whole", "around", "inside", "rim")
"""Core and enhancing tumour together are solid, with an inside and a rim of one voxel; around is near the whole."""
MAJORITIES = (0.5, 0.55)
"""Shares of the whole above which oedema outweighs the rest, as it is and as it is mostly found."""
STEEPNESS = 20.0

NAMES = (
    *(f"{region}: {what}" for what in ("log volume", "log sure volume", "peak") for region in REGIONS),
    "whole: log sure volume",
    *(f"{region}: share of the whole" for region in REGIONS),
    *(f"oedema: above {majority:.0%} of the whole" for majority in MAJORITIES),
    *(f"{region}: log doubt" for region in REGIONS),
    *(f"{place}: mean {contrast}" for place in PLACES for contrast in CONTRASTS),
    *(f"{place}: spread of {contrast}" for place in PLACES for contrast in CONTRASTS),
    *(f"border: change of {contrast}" for contrast in CONTRASTS),
    "core: share of its border that enhances",
    "enhancing: log thickness",
    "whole: log surface",
)


def measure(x: Tensor, logits: Tensor) -> Tensor:
    """Measure studies, [B, K] as in NAMES. x: float32 [B, 4, D, H, W]; logits: of REGIONS, [B, 3, D, h, w]."""
    scores, sure = logits.sigmoid(), (RegionScores.sharpness * logits).sigmoid()
    whole, solid = union(sure), union(sure[:, [0, 2]])
    inside, edge = shrunk(solid), border(whole)
    depth, height, width = logits.shape[2:]
    contrasts = contrasts_of(functional.adaptive_avg_pool3d(x, (depth, height, width)))
    around = grown(grown(whole)) - whole
    shares = share(sure, whole)
    parts = [
        RegionScores.pooled(logits),
        log_volume(whole),
        shares,
        majorities(shares[:, 1:2]),
        log_volume(scores * (1 - scores)),
        *means_and_spreads(contrasts, torch.cat([sure, whole, around, inside, solid - inside], dim=1)),
        change(contrasts, edge),
        shape(sure, edge),
    ]
    return torch.cat(parts, dim=1)


def union(regions: Tensor) -> Tensor:
    """Unite regions, [B, R, …] -> [B, 1, …]."""
    return 1 - (1 - regions).prod(dim=1, keepdim=True)


def majorities(shares: Tensor) -> Tensor:
    """Which of MAJORITIES a share exceeds, as steps whose flanks have gradients, [B, 1] -> [B, M]."""
    return (STEEPNESS * (shares - shares.new_tensor(MAJORITIES))).sigmoid()


def shape(sure: Tensor, edge: Tensor) -> Tensor:
    core, _, enhancing = sure.split(1, dim=1)
    rim = border(core)
    thickness = log_volume(enhancing) - log_volume(border(enhancing))
    return torch.cat([share(rim * enhancing, rim), thickness, log_volume(edge)], dim=1)
