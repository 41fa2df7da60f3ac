"""Random fields on a grid, cheap to draw: smooth ones are drawn small and enlarged, noise is cut from a bank."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import torch
from torch import Tensor
from torch.nn import functional


def uniform(low: float, high: float, generator: torch.Generator, shape: Sequence[int] = ()) -> Tensor:
    """Draw evenly between two numbers."""
    return low + (high - low) * torch.rand(tuple(shape), generator=generator)


def smooth_fields(count: int, shape: Sequence[int], cells: Sequence[int], generator: torch.Generator) -> Tensor:
    """Draw fields with so many independent cells along each axis, [count, D, H, W]; mean 0, deviation about 1."""
    depth, height, width = (_enlarging(max(2, number), length) for number, length in zip(cells, shape, strict=True))
    small = torch.randn((count, depth.shape[1], height.shape[1], width.shape[1]), generator=generator)
    slices = height @ (small @ width.T)
    return (depth @ slices.flatten(2)).view(count, *shape)


@cache
def _enlarging(cells: int, length: int) -> Tensor:
    """Interpolate linearly between cells: weights [length, cells] that leave the mean variance as it is."""
    weights = functional.interpolate(torch.eye(cells)[None], length, mode="linear", align_corners=True)[0].T
    return (weights / weights.square().sum(1).mean().sqrt()).contiguous()


def noise_like(like: Tensor, generator: torch.Generator) -> Tensor:
    """Cut noise from a long row of Gaussian numbers: drawing them anew would take longer than all else here."""
    start = int(torch.randint(like.numel(), (), generator=generator))
    return _noise_bank(2 * like.numel(), like.device)[start : start + like.numel()].view_as(like)


@cache
def _noise_bank(size: int, device: torch.device) -> Tensor:
    return torch.randn(size, generator=torch.Generator().manual_seed(size)).to(device)
