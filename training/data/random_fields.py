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


def draw_cells(count: int, cells: Sequence[int], generator: torch.Generator) -> Tensor:
    """Draw values for fields of so many independent cells along each axis, at least two, [count, d, h, w]."""
    return torch.randn((count, *(max(2, number) for number in cells)), generator=generator)


def enlarged(small: Tensor, shape: Sequence[int]) -> Tensor:
    """Enlarge fields [count, d, h, w] smoothly to [count, *shape]; they vary on the grid as much as their cells do."""
    depth, height, width = (_enlarging(cells, size) for cells, size in zip(small.shape[1:], shape, strict=True))
    slices = height @ (small @ width.T)
    return (depth @ slices.flatten(2)).view(len(small), *shape)


@cache
def _enlarging(cells: int, size: int) -> Tensor:
    """Interpolate linearly between cells: weights [size, cells] that leave the mean variance as it is."""
    weights = functional.interpolate(torch.eye(cells)[None], size, mode="linear", align_corners=True)[0].T
    return (weights / weights.square().sum(1).mean().sqrt()).contiguous()


def noise_like(like: Tensor, generator: torch.Generator) -> Tensor:
    """Cut noise from a long row of Gaussian numbers: drawing them anew would take longer than all else here."""
    start = int(torch.randint(like.numel(), (), generator=generator))
    return _noise_bank(2 * like.numel(), like.device)[start : start + like.numel()].view_as(like)


@cache
def _noise_bank(size: int, device: torch.device) -> Tensor:
    return torch.randn(size, generator=torch.Generator().manual_seed(size)).to(device)
