"""Random changes that leave a grade as it is, made to one study at a time on the device that trains.

All that is random about a study comes from its own generator, so it is the same in whatever batch, piece of a batch or
process the study is seen.
"""

from __future__ import annotations

import torch
from torch import Tensor

from .random_fields import noise_like

GAIN, OFFSET, NOISE = 0.08, 0.05, 0.05
MAX_SHIFT = 3


def augment(x: Tensor, regions: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Mirror left and right, jitter intensities, add noise.

    x: [4, D, H, W], float32 afterwards; regions: float32 [3, D, H/2, W/2]; generator: of the CPU. Gain and offset are
    shared between the modalities for the larger part, so that T1ce − T1, which carries the grade, stays what it was.
    """
    mirrored = torch.rand((), generator=generator) < 0.5
    x, regions = (x.flip(-1), regions.flip(-1)) if mirrored else (x, regions)
    return _jitter(x.to(torch.float32, copy=True), generator), regions


def shift_slices(x: Tensor, regions: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    shift = int(torch.randint(-MAX_SHIFT, MAX_SHIFT + 1, (), generator=generator))
    return x.roll(shift, 1), regions.roll(shift, 1)


def _jitter(x: Tensor, generator: torch.Generator) -> Tensor:
    """Jitter intensities in place: memory that is fresh costs more than the arithmetic."""
    background = x.amin((1, 2, 3), keepdim=True)
    brain = x > background
    gain = 1 + GAIN * torch.randn(1, generator=generator) + GAIN / 2 * torch.randn(len(x), generator=generator)
    offset = OFFSET * torch.randn((), generator=generator).item()
    noise = NOISE * torch.rand((), generator=generator).item()
    x.mul_(gain.to(x.device)[:, None, None, None]).add_(offset).add_(noise_like(x, generator), alpha=noise)
    return torch.where(brain, x, background, out=x)


def hide_modalities(present: Tensor, chance: float, generator: torch.Generator) -> Tensor:
    """Modality dropout: each present modality is hidden with that chance, but one always stays; bool [4]."""
    if not chance:
        return present
    draws = torch.rand(present.shape, generator=generator).to(present.device)
    stays = torch.nn.functional.one_hot((draws * present).argmax(), len(present)).bool()
    return present & ((draws >= chance) | stays)
