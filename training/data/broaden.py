"""Appearances wider than life: contrasts, sharpness and textures beyond any scanner's, for learning regions.

A network that has seen more than there is takes what is real for one case of it (domain randomisation; Billot et al.
2023, SynthSeg). Where a grade is learned, intensities have a meaning and stay what they are.
"""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor

from .random_fields import noise_like, smooth_fields, uniform

T1, T1CE, T2, FLAIR = range(4)
BACKGROUND, ABSENT = -1.0, 0.0
DARKEST, BRIGHTEST = 0.02, 5.0  # within a brain, as ratios to white matter
KNOTS = 1024  # of a curve of intensities
GAMMA, CONTRAST, UPTAKE, LEVEL = 0.3, 0.4, 0.35, 0.1  # deviations of logarithms
BUMP, TISSUE = 0.2, 0.4  # largest bumps of a curve, and of what tissues differ by on T2 and FLAIR
BLUR, SHARPENING = 1.0, 0.9  # largest share of what a three-voxel mean takes away
BIAS, TEXTURE, BANDING, NOISE = 0.3, 0.1, 0.05, 0.12  # largest deviations
LEAST_COVERED = 0.05  # of what a filter sees; less is no brain
OWN = 0.3  # of T1ce, where it shares the rest with T1


def broaden(x: Tensor, generator: torch.Generator) -> Tensor:
    """Show a study, or a patch of it, as no scanner would.

    x: float32 [4, D, H, W] as prepared, white matter 0 and background −1, which stays; it is left alone. generator: of
    the CPU. T1ce − T1 keeps its sign: T1 takes T1ce along, and the difference is stretched as a whole.
    """
    taken = x.abs().amax((1, 2, 3)) > ABSENT
    brain = x[taken].amax(0) > BACKGROUND
    scans = _recoloured(x + 1, generator)
    scans = _refocused(scans, brain, generator)
    scans = _rescanned(scans, generator)
    return torch.where(brain, scans.clamp_(DARKEST, BRIGHTEST).sub_(1), x)


def _recoloured(scans: Tensor, generator: torch.Generator) -> Tensor:
    """Give T1, T2 and FLAIR other curves, and each tissue, as T1 tells it, another value on T2 and FLAIR."""
    t1, t2, flair = (_read(_curve(generator), scans[row]) for row in (T1, T2, FLAIR))
    t2 *= _read(1 + _bumps(TISSUE, generator), scans[T1])
    flair *= _read(1 + _bumps(TISSUE, generator), scans[T1])
    stretch = (UPTAKE * torch.randn((), generator=generator)).exp().item()
    return torch.stack([t1, t1 + stretch * (scans[T1CE] - scans[T1]), t2, flair])


def _curve(generator: torch.Generator) -> Tensor:
    """Draw a curve from intensity to intensity, [KNOTS], that leaves white matter, 1, where it is."""
    gamma, contrast = (torch.tensor([GAMMA, CONTRAST]) * torch.randn(2, generator=generator)).exp()
    return 1 + contrast * (_knots() ** gamma - 1) + _bumps(BUMP, generator)


def _bumps(largest: float, generator: torch.Generator) -> Tensor:
    """Draw two hills or valleys over the intensities of brain, [KNOTS], 0 at white matter's."""
    heights = uniform(-largest, largest, generator, (2, 1))
    middles, widths = uniform(0.2, 1.7, generator, (2, 1)), uniform(0.1, 0.5, generator, (2, 1))
    hills = (heights * torch.exp(-(((_knots() - middles) / widths) ** 2))).sum(0)
    return hills - hills[round((KNOTS - 1) / BRIGHTEST)]


@cache
def _knots() -> Tensor:
    """Return the intensities at which curves are known, [KNOTS]."""
    return torch.linspace(0, BRIGHTEST, KNOTS)


def _read(curve: Tensor, scan: Tensor) -> Tensor:
    """Read a curve at each voxel, at the nearest of its knots."""
    place = (scan * ((KNOTS - 1) / BRIGHTEST)).add_(0.5).clamp_(0, KNOTS - 1).int()
    return curve.to(scan.device).index_select(0, place.flatten()).view_as(scan)


def _refocused(scans: Tensor, brain: Tensor, generator: torch.Generator) -> Tensor:
    """Blur or sharpen each scan within slices and across them; what lies outside the brain has no part in it."""
    covered = brain.expand_as(scans)
    seen = torch.stack([scans * covered, covered.float()])
    depth, height, width = scans.shape[1:]
    across, in_plane = _focus(generator), _focus(generator)
    across, tall, wide = (
        _filters(amounts, size).to(scans.device)
        for amounts, size in ((across, depth), (in_plane, height), (in_plane, width))
    )
    seen = tall @ (seen @ wide.mT)
    values, weights = (across[:, 0] @ seen.flatten(3)).view_as(seen)
    return values / weights.clamp_(min=LEAST_COVERED)


def _focus(generator: torch.Generator) -> Tensor:
    """Draw how much each scan is sharpened, or, below 0, blurred, [4, 1, 1, 1]; a third stay as they are."""
    amounts = uniform(-1, 1, generator, (4, 1, 1, 1))
    amounts = torch.where(amounts < 0, BLUR * amounts, SHARPENING * amounts)
    return amounts * (torch.rand((4, 1, 1, 1), generator=generator) > 1 / 3)


def _filters(amounts: Tensor, size: int) -> Tensor:
    """Make what takes a line of voxels away from the mean of each and its two neighbours, [4, 1, size, size]."""
    line = torch.eye(size)
    neighbours = (line.roll(1, 0) + line.roll(-1, 0)) * (torch.ones(size, size).tril(1).triu(-1))
    means = (2 * line + neighbours) / (2 + neighbours.sum(1, keepdim=True))
    return line + amounts * (line - means)


def _rescanned(scans: Tensor, generator: torch.Generator) -> Tensor:
    """Shade, texture and band scans, change their levels, and add noise."""
    shape = scans.shape[1:]
    change = LEVEL * _paired(torch.randn((4, 1, 1, 1), generator=generator))
    for largest, cells in ((BIAS, 3), (TEXTURE, _whole(4, 8, generator)), (TEXTURE, _whole(8, 24, generator))):
        fields = smooth_fields(4, shape, (cells // 2, cells, cells), generator)
        change = torch.addcmul(change, _amounts(largest, generator), _paired(fields))
    change = (change + _bands(shape, generator)).exp_().to(scans.device)
    amounts = uniform(0, NOISE, generator, (4, 1, 1, 1)).to(scans.device)
    return torch.addcmul(change.mul_(scans), amounts, noise_like(scans, generator))


def _bands(shape: torch.Size, generator: torch.Generator) -> Tensor:
    """Draw slices of unequal brightness, mostly across the first axis; as logarithms."""
    axis = _whole(-2, 3, generator)
    lines = [4, 1, 1, 1]
    lines[max(axis, 0) + 1] = shape[max(axis, 0)]
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
