"""Random changes that leave a grade as it is, made to whole batches on the device that trains."""

from __future__ import annotations

import torch
from torch import Tensor

GAIN, OFFSET, NOISE = 0.08, 0.05, 0.05
MAX_SHIFT = 3
FLIP_AXIS = -1


def augment(x: Tensor, regions: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Mirror left and right, jitter intensities, add noise, shift slices.

    x: [B, 4, D, H, W]; regions: [B, 3, D, H/4, W/4]. Gain is shared between T1 and T1ce for the larger part, so that
    their difference, which carries the grade, stays what it was.
    """
    x, regions = _mirror(x, regions, generator)
    return _shift_slices(*(_jitter(x, generator), regions), generator)


def _mirror(x: Tensor, regions: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    chosen = (torch.rand(len(x), 1, 1, 1, 1, generator=generator) < 0.5).to(x.device)
    return torch.where(chosen, x.flip(FLIP_AXIS), x), torch.where(chosen, regions.flip(FLIP_AXIS), regions)


def _jitter(x: Tensor, generator: torch.Generator) -> Tensor:
    def normal(*shape: int) -> Tensor:
        return torch.randn(*shape, 1, 1, 1, generator=generator).to(x.device)

    gain = 1 + GAIN * normal(len(x), 1) + GAIN / 2 * normal(len(x), x.shape[1])
    offset = OFFSET * normal(len(x), 1)
    noise = NOISE * torch.rand(len(x), 1, 1, 1, 1, generator=generator).to(x.device) * torch.randn_like(x)
    brain = x > x.amin((2, 3, 4), keepdim=True)
    return torch.where(brain, x * gain + offset + noise, x)


def _shift_slices(x: Tensor, regions: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    shift = int(torch.randint(-MAX_SHIFT, MAX_SHIFT + 1, (), generator=generator))
    return x.roll(shift, 2), regions.roll(shift, 2)


def hide_modalities(present: Tensor, chance: float, generator: torch.Generator) -> Tensor:
    """Modality dropout: each present modality is hidden with that chance, but one always stays; bool [B, 4]."""
    if not chance:
        return present
    draws = torch.rand(present.shape, generator=generator).to(present.device)
    stays = torch.nn.functional.one_hot((draws * present).argmax(dim=1), present.shape[1]).bool()
    return present & ((draws >= chance) | stays)
