"""Appearances painted from a simulated patient's tissues on a model's grid: new contrasts and scanners at every look.

Ranges are those of `training.simulation`; files and the finer grid are left out, and with them stripes of motion. Wider
than life, tissues take values that none of them has, vary within themselves, and sharp 3-D scans are as frequent as
thick slices.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch import Tensor

from ..simulation.acquisition import ANY_SCANNERS, Acquisition, Scanner, draw_acquisition, saturate
from ..simulation.contrast import APPEARANCE, draw_values
from .curves import BRIGHTEST, at_white, knots, places, read
from .random_fields import draw_cells, enlarged, noise_like
from .tissue_maps import FULL

FAINTEST = 0.03  # of a tissue, as in `training.simulation.contrast.render`
ALL_KINDS: tuple[Scanner, ...] = tuple(partial(draw_acquisition, thick=0.5, noisy=noisy) for noisy in (1, 1, 1.8, 2))
FREE = np.array([0.3, 0.3, 0.6, 0.6])
"""Deviation of the logarithm of how far a tissue is from white matter, wider than life; T1ce follows T1."""
SHIFT = np.array([0.05, 0.05, 0.3, 0.25])
UPTAKE = 0.5
WITHIN = 0.15  # how much a tissue varies within itself, as a share of its value
SHADING_MM = 100.0
FARTHEST = 3.0
ALL_FOUR = (True,) * 4


@dataclass(frozen=True)
class Palette:
    """What each of T tissues looks like for one patient.

    medians: [4, T] of the modalities, as ratios to white matter. textures: standard deviations [3, T] on T1, T2, FLAIR.
    uptake: [T], T1ce − T1. within: [3, T], how far T1, T2 and FLAIR stray with a smooth field.
    """

    medians: np.ndarray
    textures: np.ndarray
    uptake: np.ndarray
    within: np.ndarray

    def rows(self) -> Tensor:
        """All of it for shares of 255, float32 [8 or 11, T]."""
        rows = np.concatenate([self.medians, self.textures, self.uptake[None], self.within])
        return torch.from_numpy(rows / FULL).float()


def paint(
    maps: Tensor, spacing: Sequence[float], wide: bool, generator: torch.Generator, shown: Sequence[bool] = ALL_FOUR
) -> Tensor:
    """Paint a patient, or a patch of one: float32 [4, D, H, W], white matter 0, background −1, as `prepare` gives it.

    maps: uint8 [MAPS, D, H, W] as `map_tissues` gives them. spacing: mm along D, H, W. generator: of the CPU. shown:
    which modalities anyone looks at: the others are left without a scanner, which saves time.
    """
    rng = np.random.default_rng(int(torch.randint(2**62, (), generator=generator)))
    covered = maps[-1].float() / FULL
    images = _rendered(maps[:-1], draw_palette(rng, wide), spacing, rng, generator)
    protocols = [scanner(rng) for scanner in (ALL_KINDS if wide else ANY_SCANNERS)]
    coil, *own = 0.7 * draw_cells(5, cells_of(SHADING_MM, images.shape[1:], spacing), generator)
    scans = [
        _scanned(image, coil + shade, how, spacing, generator) if seen else image
        for image, shade, how, seen in zip(images, own, protocols, shown, strict=True)
    ]
    edge = 1 - rng.uniform(0, 1) * (1 - covered)  # preprocessing mixed the stripped brain's border with the background
    seen = torch.stack(scans).mul_(covered * edge).clamp_(0, BRIGHTEST).sub_(1)
    return torch.where(covered > 0, seen, -1.0)


def draw_palette(rng: np.random.Generator, wide: bool) -> Palette:
    """Draw what tissues look like, in the order of `APPEARANCE`."""
    values = draw_values(rng)
    medians = np.stack([values[name][0] for name in APPEARANCE], 1)
    uptake = np.array([values[name][1] for name in APPEARANCE])
    strength = np.exp(rng.uniform(-1.0, 0.3))
    textures = strength * np.array([look.texture for look in APPEARANCE.values()]).T
    within = textures[:0]
    if wide:
        medians, uptake, within = _widened(rng, medians, uptake)
    return Palette(medians, textures, uptake, within)


def _widened(rng: np.random.Generator, medians: np.ndarray, uptake: np.ndarray) -> tuple[np.ndarray, ...]:
    """Let tissues stray from what they are, T1 and T1ce together; white matter stays 1, without uptake."""
    count = medians.shape[1]
    free, shift = rng.normal(0, 1, (2, 4, count))
    free[1], shift[1] = free[0], shift[0]
    other = np.array([name != "white" for name in APPEARANCE])
    strayed = 1 + (medians - 1) * np.exp(FREE[:, None] * free) + other * SHIFT[:, None] * shift
    within = WITHIN * rng.uniform(-1, 1, (3, count)) * np.abs(strayed[[0, 2, 3]])
    return np.maximum(strayed, FAINTEST), uptake * np.exp(rng.normal(0, UPTAKE, count)), within


def _rendered(
    tissues: Tensor, palette: Palette, spacing: Sequence[float], rng: np.random.Generator, generator: torch.Generator
) -> Tensor:
    """Noiseless images, [4, D, H, W]; as `training.simulation.contrast.render`, with textures no finer than voxels."""
    shape = tissues.shape[1:]
    shares = tissues.flatten(1)
    here = shares.amax(1) > 0
    painted = (palette.rows()[:, here] @ shares[here].float()).view(-1, *shape)
    medians, deviations, uptake, within = painted.split([4, 3, 1, len(painted) - 8])
    coarseness = float(np.exp(rng.uniform(-0.2, 0.8)))
    coarse, fine, smooth = (
        draw_cells(count, cells_of(length_mm, shape, spacing), generator)
        for count, length_mm in ((4, 11 * coarseness), (4, 5), (4, 25))
    )
    texture = enlarged(_mixed(coarse, 0.6), shape).add_(enlarged(_mixed(fine, 0.35), shape)).mul_(deviations)
    texture[: len(within)] += within * enlarged(smooth[: len(within)], shape)
    medians += texture[[0, 0, 1, 2]]
    uneven = enlarged(rng.uniform(0.3, 0.7) * smooth[3:], shape)[0].add_(1).clamp_(0.05, 2.5)
    medians[1] += uneven.mul_(uptake[0])
    return medians.clamp_(min=FAINTEST)


def _mixed(cells: Tensor, strength: float) -> Tensor:
    """Mix what contrasts share, the first of four fields, with what each has of its own, [3, …]; T1 the other way."""
    shared, own = cells[:1], cells[1:]
    return strength * (own + torch.tensor([-1.0, 1.0, 1.0]).view(3, 1, 1, 1) * shared)


def cells_of(length_mm: float, shape: Sequence[int], spacing: Sequence[float]) -> list[int]:
    """How many cells of a field, correlated over that length, a grid has along each axis: no more than voxels."""
    return [min(size, 1 + round(size * mm / length_mm)) for size, mm in zip(shape, spacing, strict=True)]


def _scanned(
    image: Tensor, shade: Tensor, how: Acquisition, spacing: Sequence[float], generator: torch.Generator
) -> Tensor:
    """Scan one modality, [D, H, W], as `training.simulation.acquisition.scan` does, with white matter at 1."""
    image = image * enlarged(how.bias * shade[None], image.shape)[0].exp_()
    sigma = how.noise / float(np.prod(spacing)) ** (1 / 3)
    for axis, mm in enumerate(spacing):
        image = _along(axis, _point_spread(image.shape[axis], how.blur_mm / mm, how.shift_mm[2 - axis] / mm), image)
    if how.slice_mm:
        axis = 2 - how.plane
        image = _thick_slices(image, axis, how.slice_mm / spacing[axis], sigma, how.banding, generator)
    else:
        image = _noisy(image, sigma, generator)
    received = saturate(knots().numpy(), how.ceiling) ** how.gamma
    curve = torch.from_numpy(received).float()
    return read(curve / at_white(curve), places(image))


def _thick_slices(
    image: Tensor, axis: int, thickness: float, sigma: float, banding: float, generator: torch.Generator
) -> Tensor:
    """Average into slices so many voxels thick, add noise and banding there, and interpolate back to the grid."""
    size = image.shape[axis]
    first = torch.rand((), generator=generator).item() * thickness
    centres = torch.arange(first - thickness, size + thickness, thickness)
    voxels = torch.arange(size)
    slices = _along(axis, _averages((voxels - centres[:, None]) / max(0.4, thickness / 2.355)), image)
    lines = [1, 1, 1]
    lines[axis] = len(centres)
    gains = 1 + banding * torch.randn(lines, generator=generator)
    slices = _noisy(slices, sigma, generator).mul_(gains)
    between = (1 - (voxels[:, None] - centres).abs() / thickness).clamp_(min=0)
    return _along(axis, between, slices)


def _point_spread(size: int, sigma: float, shift: float) -> Tensor | None:
    """Weights [size, size] that blur and shift a line of voxels; None where hardly anything would change."""
    if sigma < 0.33 and abs(shift) < 0.05:
        return None
    voxels = torch.arange(size)
    return _averages((voxels - voxels[:, None] - shift) / max(sigma, 0.4))


def _averages(distances: Tensor) -> Tensor:
    """Gaussian weights by distances in standard deviations, [new, old].

    What is far gets none: products with numbers that are hardly above 0 take many times as long.
    """
    weights = torch.exp(-0.5 * distances.clamp(-FARTHEST, FARTHEST).square()) * (distances.abs() < FARTHEST)
    return weights / weights.sum(1, keepdim=True).clamp_(min=1e-6)


def _along(axis: int, weights: Tensor | None, image: Tensor) -> Tensor:
    """Multiply one axis of [D, H, W] with weights [new, old]."""
    if weights is None:
        return image
    if axis == 2:
        return image @ weights.T
    if axis == 1:
        return weights @ image
    return (weights @ image.flatten(1)).view(-1, *image.shape[1:])


def _noisy(image: Tensor, sigma: float, generator: torch.Generator) -> Tensor:
    """Add noise to magnitudes: below 0 there is none, hardly otherwise than Rician noise would have it."""
    return torch.add(image, noise_like(image, generator), alpha=sigma).abs_()
