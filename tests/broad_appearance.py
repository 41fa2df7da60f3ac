"""Sound studies that look otherwise than any simulator's: contrasts, sharpness and texture wider than life."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import ndimage

from zoo import Volumes
from zoo.study.prepare import white_matter_levels

T1, T1CE, T2, FLAIR = range(4)
GREY_ON_T1 = (0.78, 0.15)  # of white matter, and how far about it
WATER_ON_T2 = 2.0  # of white matter


def broadened(volumes: Volumes, seed: int) -> Volumes:
    """The same head as other sequences would show it; T1 and T1ce stay a pair.

    Grey matter gets lighter or darker on FLAIR and T2; each scan gets another gamma, contrast, shading, sharpness and
    texture.
    """
    rng = np.random.default_rng([seed, *b"broad"])
    scans = volumes.data / white_matter_levels(volumes)[:, None, None, None]
    grey = _grey_matter(scans)
    scans[FLAIR] *= 1 + rng.uniform(-0.15, 0.45) * grey
    scans[T2] *= 1 + rng.uniform(-0.1, 0.25) * grey
    shared, own = np.exp(rng.normal(0, 0.3, 2)), np.exp(rng.normal(0, [[0.08], [0.08], [0.3], [0.3]], (4, 2)))
    for row, (scan, (gamma, contrast)) in enumerate(zip(scans, own, strict=True)):
        if row in (T1, T1CE):
            gamma, contrast = gamma * shared[0], contrast * shared[1]
        curved = 1 + contrast * (np.maximum(scan, 1e-3) ** gamma - 1)
        scan[:] = _textured(rng, _sharpened(curved, rng.uniform(-0.6, 0.9)))
    lowest = 0.02 * np.ones_like(scans)
    data = np.where(volumes.brain, np.maximum(scans, lowest) * rng.uniform(50, 2000, (4, 1, 1, 1)), 0)
    return replace(volumes, data=data.astype(np.float32))


def _grey_matter(scans: np.ndarray) -> np.ndarray:
    """How likely each voxel is grey matter, 0 to 1, by T1; fluid is none."""
    middle, width = GREY_ON_T1
    likely = np.exp(-(((scans[T1] - middle) / width) ** 2)) * (scans[T2] < WATER_ON_T2)
    return ndimage.gaussian_filter(likely, 0.5)


def _sharpened(scan: np.ndarray, amount: float) -> np.ndarray:
    """Sharpen, or blur where `amount` is negative."""
    return scan + amount * (scan - ndimage.uniform_filter(scan, 3))


def _textured(rng: np.random.Generator, scan: np.ndarray) -> np.ndarray:
    shading = rng.uniform(0, 0.25) * _smooth(rng, scan.shape, 3)
    texture = rng.uniform(0, 0.08) * _smooth(rng, scan.shape, 12)
    return scan * np.exp(shading) * (1 + texture) + rng.uniform(0, 0.1) * rng.standard_normal(scan.shape)


def _smooth(rng: np.random.Generator, shape: tuple[int, ...], cells: int) -> np.ndarray:
    """A smooth random field of deviation 1, roughly, with so many cells along each axis."""
    field = rng.standard_normal((cells,) * 3)
    weights = [_linear_weights(points, cells) for points in shape]
    return np.einsum("xi,yj,zk,ijk->xyz", *weights, field, optimize=True)


def _linear_weights(points: int, cells: int) -> np.ndarray:
    """Of each cell for each point between the first and the last, [points, cells]: `ndimage.zoom` in a third of the
    time."""
    place = np.linspace(0, cells - 1, points)
    return np.maximum(1 - np.abs(place[:, None] - np.arange(cells)), 0)
