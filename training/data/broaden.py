"""Appearances wider than life: contrasts, sharpness and textures beyond any scanner's, for learning regions.

A network that has seen more than there is takes what is real for one case of it (domain randomisation; Billot et al.
2023, SynthSeg). Where a grade is learned, what T1ce adds to T1 has a meaning and stays what it is.
"""

from __future__ import annotations

import torch
from torch import Tensor

from .curves import BRIGHTEST, at_white, knots, places, read
from .random_fields import draw_cells, enlarged, noise_like, uniform

T1, T1CE, T2, FLAIR = range(4)
BACKGROUND, ABSENT = -1.0, 0.0
DARKEST, OUTSIDE = 0.02, 0.7  # ratios to white matter: the least within a brain, and what blur mixes with its border
GAMMA, CONTRAST, UPTAKE, LEVEL = 0.3, 0.4, 0.35, 0.1  # deviations of logarithms
BUMP, TISSUE = 0.2, 0.4  # largest hills of a curve, and of what tissues differ by on T2 and FLAIR
BLUR, SHARPENING = 1.0, 0.9  # largest share of what a three-voxel mean takes away
BIAS, TEXTURE, BANDING, NOISE = 0.3, 0.1, 0.05, 0.12  # largest deviations
OWN = 0.3  # of T1ce, where it shares the rest with T1


def broaden(x: Tensor, generator: torch.Generator, uptake: float = UPTAKE) -> Tensor:
    """Show a study, or a patch of it, as no scanner would.

    x: float32 [4, D, H, W] as prepared, white matter 0 and background −1, which stays; it is left alone. generator: of
    the CPU. T1ce − T1 keeps its sign: T1 takes T1ce along, and the difference is stretched as a whole, by a factor
    whose logarithm deviates by `uptake`; 0 leaves it what it is, for grades to be learned from.
    """
    taken = x.amin((1, 2, 3)) != ABSENT
    brain = x[taken].amax(0) > BACKGROUND
    scans = _refocused(torch.where(brain, _recoloured(x + 1, generator, uptake), OUTSIDE), generator)
    scans = _rescanned(scans, generator)
    return torch.where(brain, scans.clamp_(DARKEST, BRIGHTEST).sub_(1), x)


def _recoloured(scans: Tensor, generator: torch.Generator, deviation: float) -> Tensor:
    """Give T1, T2 and FLAIR other curves, and each tissue, as T1 tells it, another value on T2 and FLAIR."""
    curves, tissues = _curves(3, generator), 1 + _hills(2, TISSUE, generator)
    on_t1, on_t2, on_flair = (places(scans[row]) for row in (T1, T2, FLAIR))
    stretch = (deviation * torch.randn((), generator=generator)).exp().item()
    uptake = torch.sub(scans[T1CE], scans[T1]).mul_(stretch)
    t1, t2, flair = (read(curve, place) for curve, place in zip(curves, (on_t1, on_t2, on_flair), strict=True))
    t2.mul_(read(tissues[0], on_t1))
    flair.mul_(read(tissues[1], on_t1))
    return torch.stack([t1, uptake.add_(t1), t2, flair])


def _curves(count: int, generator: torch.Generator) -> Tensor:
    """Draw curves, [count, KNOTS], that leave white matter where it is."""
    gamma = (GAMMA * torch.randn((count, 1), generator=generator)).exp()
    contrast = (CONTRAST * torch.randn((count, 1), generator=generator)).exp()
    return 1 + contrast * (knots() ** gamma - 1) + _hills(count, BUMP, generator)


def _hills(count: int, largest: float, generator: torch.Generator) -> Tensor:
    """Draw two hills or valleys for each of so many curves, [count, KNOTS], 0 at white matter's intensity."""
    heights = uniform(-largest, largest, generator, (count, 2, 1))
    middles, widths = (uniform(low, high, generator, (count, 2, 1)) for low, high in ((0.2, 1.7), (0.1, 0.5)))
    hills = (heights * torch.exp(-(((knots() - middles) / widths) ** 2))).sum(1)
    return hills - at_white(hills)


def _refocused(scans: Tensor, generator: torch.Generator) -> Tensor:
    """Blur or sharpen each scan within slices and across them."""
    depth, height, width = scans.shape[1:]
    across, in_plane = _focus(generator), _focus(generator)
    deep = _filters(across, depth).to(scans.device)
    tall, wide = (_filters(in_plane, size)[:, None].to(scans.device) for size in (height, width))
    slices = tall @ (scans @ wide.mT)
    return (deep @ slices.flatten(2)).view_as(scans)


def _focus(generator: torch.Generator) -> Tensor:
    """Draw how much each scan is sharpened, or, below 0, blurred, [4, 1, 1]; a third stay as they are."""
    amounts = uniform(-1, 1, generator, (4, 1, 1))
    amounts = torch.where(amounts < 0, BLUR * amounts, SHARPENING * amounts)
    return amounts * (torch.rand((4, 1, 1), generator=generator) > 1 / 3)


def _filters(amounts: Tensor, size: int) -> Tensor:
    """Make what takes a line of voxels away from the mean of each and its two neighbours, [4, size, size]."""
    line = torch.eye(size)
    near = line + 0.5 * (torch.ones(size, size).tril(1).triu(-1) - line)
    return line + amounts * (line - near / near.sum(1, keepdim=True))


def _rescanned(scans: Tensor, generator: torch.Generator) -> Tensor:
    """Shade, texture and band scans, change their levels, and add noise."""
    shape = scans.shape[1:]
    change = LEVEL * _paired(torch.randn((4, 1, 1, 1), generator=generator)) + _bands(shape, generator)
    for largest, cells in ((BIAS, 3), (TEXTURE, _whole(4, 8, generator)), (TEXTURE, _whole(8, 24, generator))):
        small = _paired(draw_cells(4, (cells // 2, cells, cells), generator))
        change = enlarged(small * _amounts(largest, generator), shape).add_(change)
    change = change.exp_().to(scans.device).mul_(scans)
    return change.addcmul_(uniform(0, NOISE, generator, (4, 1, 1, 1)).to(scans.device), noise_like(scans, generator))


def _bands(shape: torch.Size, generator: torch.Generator) -> Tensor:
    """Draw slices of unequal brightness, as logarithms, mostly across the first axis."""
    axis = max(0, _whole(-2, 3, generator))
    lines = [4, 1, 1, 1]
    lines[axis + 1] = shape[axis]
    return _amounts(BANDING, generator) * torch.randn(lines, generator=generator)


def _paired(drawn: Tensor) -> Tensor:
    """Let T1ce share most of what was drawn for T1, as both are of one examination; [4, …]."""
    t1, t1ce, *others = drawn
    return torch.stack([t1, (t1 + OWN * t1ce) / (1 + OWN**2) ** 0.5, *others])


def _amounts(largest: float, generator: torch.Generator) -> Tensor:
    """Draw how much of something each scan gets, [4, 1, 1, 1]; T1 and T1ce alike."""
    return uniform(0, largest, generator, (4, 1, 1, 1))[[T1, T1, T2, FLAIR]]


def _whole(least: int, beyond: int, generator: torch.Generator) -> int:
    return int(torch.randint(least, beyond, (), generator=generator))
