"""Windows on a study, half as long along each axis: most show a tumour, and eight cost what a whole study does.

So a network sees far more tumours while it learns what they look like (nnU-Net, Isensee et al. 2021).
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from zoo import Phase

PATCHES_A_STUDY = 8
AROUND_TUMOUR = 0.75
LEAST_SHARE = 0.3


def studies_of(phase: Phase, rows: np.ndarray) -> np.ndarray:
    """What an epoch of the phase shows: each row once, or once for each of its patches."""
    return np.repeat(rows, PATCHES_A_STUDY) if phase.patches else rows


def patch(x: Tensor, regions: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Cut a window, three times of four around a voxel of the tumour; anywhere where no mask shows one.

    x: [4, D, H, W]; regions: float [3, D', H', W'] on the same or a coarser grid; generator: of the CPU.
    """
    lengths = regions.shape[1:]
    size = [max(1, length // 2) for length in lengths]
    centre = _centre(regions, size, generator)
    starts = [min(max(0, c - s // 2), n - s) for c, s, n in zip(centre, size, lengths, strict=True)]
    return _cut(x, regions, starts, size), _cut(regions, regions, starts, size)


def _centre(regions: Tensor, size: list[int], generator: torch.Generator) -> list[int]:
    tumour = (regions.sum(0, dtype=torch.float32) > LEAST_SHARE).nonzero()
    if len(tumour) and torch.rand((), generator=generator) < AROUND_TUMOUR:
        voxel = tumour[int(torch.randint(len(tumour), (), generator=generator))].tolist()
        return [at + _up_to(s // 4, generator) for at, s in zip(voxel, size, strict=True)]
    return [int(torch.randint(length, (), generator=generator)) for length in regions.shape[1:]]


def _up_to(most: int, generator: torch.Generator) -> int:
    return int(torch.randint(-most, most + 1, (), generator=generator))


def _cut(volume: Tensor, regions: Tensor, starts: list[int], size: list[int]) -> Tensor:
    """The window, given on the regions' grid, out of a volume whose grid may be finer."""
    for axis, (start, length) in enumerate(zip(starts, size, strict=True), 1):
        finer = volume.shape[axis] // regions.shape[axis]
        volume = volume.narrow(axis, start * finer, length * finer)
    return volume
