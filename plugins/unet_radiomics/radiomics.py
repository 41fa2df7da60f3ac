"""What is measured of the regions found, smoothly, so that gradients reach the input.

A region is a weight between 0 and 1 for each voxel. Sizes, shares, intensities, mismatch of T2 and FLAIR, the rim's
closure and the border's sharpness: what radiology reads a grade from, as numbers (radiomics, Lambin et al. 2012).
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from zoo import MODALITIES
from zoo.blocks import REGIONS, RegionScores

CONTRASTS = (*MODALITIES, "t1ce - t1", "t2 - flair")
PLACES = (*REGIONS, "whole", "around")
FEWEST = 1.0
"""Voxels added to every region that something is averaged over: of an empty one the average is 0."""

NAMES = (
    *(f"{region}: {what}" for what in ("log volume", "log sure volume", "peak") for region in REGIONS),
    "whole: log sure volume",
    *(f"{region}: share of the whole" for region in REGIONS),
    *(f"{place}: mean {contrast}" for place in PLACES for contrast in CONTRASTS),
    *(f"{place}: spread of {contrast}" for place in PLACES for contrast in CONTRASTS),
    *(f"border: change of {contrast}" for contrast in CONTRASTS),
    "core: share of its border that enhances",
    "enhancing: log thickness",
    "whole: log surface",
)


def measure(x: Tensor, logits: Tensor) -> Tensor:
    """[B, K] in the order of NAMES. x: float32 [B, 4, D, H, W]; logits: of REGIONS, [B, 3, D, h, w]."""
    sure = (RegionScores.sharpness * logits).sigmoid()
    whole = 1 - (1 - sure).prod(dim=1, keepdim=True)
    around, edge = grown(grown(whole)) - whole, border(whole)
    contrasts = _contrasts(functional.adaptive_avg_pool3d(x, logits.shape[2:]))
    means, spreads = _moments(contrasts, torch.cat([sure, whole, around], dim=1))
    parts = [RegionScores.pooled(logits), _log_volume(whole), _volume(sure) / (_volume(whole) + FEWEST)]
    return torch.cat([*parts, means, spreads, _change(contrasts, edge), _shape(sure, edge)], dim=1)


def grown(region: Tensor) -> Tensor:
    """By one voxel all around."""
    return functional.max_pool3d(region, 3, stride=1, padding=1)


def border(region: Tensor) -> Tensor:
    """Its outermost voxels and those next to them."""
    return grown(region) + grown(-region)


def _volume(regions: Tensor) -> Tensor:
    """In voxels, [B, R]."""
    return regions.sum((2, 3, 4))


def _log_volume(regions: Tensor) -> Tensor:
    return _volume(regions).add(1).log()


def _contrasts(x: Tensor) -> Tensor:
    """[B, 4, …] -> [B, 6, …] in the order of CONTRASTS."""
    t1, t1ce, t2, flair = x.split(1, dim=1)
    return torch.cat([x, t1ce - t1, t2 - flair], dim=1)


def _moments(contrasts: Tensor, places: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation of each contrast within each place, both [B, places · contrasts]."""
    counts = (_volume(places) + FEWEST)[:, :, None]
    means = torch.einsum("bpdhw,bcdhw->bpc", places, contrasts) / counts
    squares = torch.einsum("bpdhw,bcdhw->bpc", places, contrasts.square()) / counts
    spreads = (squares - means.square()).clamp(min=0).add(1e-4).sqrt()
    return means.flatten(1), spreads.flatten(1)


def _change(contrasts: Tensor, edge: Tensor) -> Tensor:
    """How far a voxel at the border of the tumour is from the mean of those around it, [B, contrasts]."""
    change = (contrasts - functional.avg_pool3d(contrasts, 3, stride=1, padding=1)).square()
    return _volume(edge * change) / (_volume(edge) + FEWEST)


def _shape(sure: Tensor, edge: Tensor) -> Tensor:
    core, _, enhancing = sure.split(1, dim=1)
    rim = border(core)
    closed = _volume(rim * enhancing) / (_volume(rim) + FEWEST)
    thickness = _log_volume(enhancing) - _log_volume(border(enhancing))
    return torch.cat([closed, thickness, _log_volume(edge)], dim=1)
