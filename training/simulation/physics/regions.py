"""What the tumour is made of: necrosis where oxygen doesn't reach, and islands of enhancement, blood and calcium."""

import numpy as np

from ..fields import Grid, blur, smooth_field, soft_step
from ..regions import CORE_TISSUES, Regions
from ..signs import Signs
from .tumour import Lesion

OXYGEN_REACH_MM = 5.0
SEAM = 0.12  # width of a border between regions, in standard deviations of what they are cut from


def divide(rng: np.random.Generator, lesion: Lesion, signs: Signs, grid: Grid) -> Regions:
    """Divide the lesion into tissues as the drawn signs say."""
    core, parts = lesion.core, {}
    if signs.enhancement == "ring":
        parts["necrosis"] = _hypoxia(rng, core, 1 - signs.ring_thickness, grid)
        parts["enhancing"] = (1 - parts["necrosis"]) * _closed(rng, core, signs.ring_completeness, grid)
    elif signs.enhancement == "patchy":
        parts["enhancing"] = islands(rng, core, signs.enhancing_share, (3.0, 7.0), grid)
    if signs.cyst:
        parts["necrosis"] = islands(rng, core, rng.uniform(0.15, 0.5), (8.0, 14.0), grid)
    if signs.flair_mismatch:
        parts["mismatch_core"] = _highest(blur(core, 4.0, grid), core, rng.uniform(0.6, 0.85))
    if signs.haemorrhage:
        parts["haemorrhage"] = islands(rng, core, rng.uniform(0.02, 0.15), (3.0, 8.0), grid)
    if signs.calcification:
        parts["calcification"] = islands(rng, core, rng.uniform(0.01, 0.06), (2.0, 4.0), grid)
    return _share_out(parts, lesion)


def _hypoxia(rng, core: np.ndarray, radius: float, grid: Grid) -> np.ndarray:
    """Find where least oxygen diffuses to from vessels around the core; of a ball it is the inner `radius` (0 … 1)."""
    supply = (1 - core) * np.exp(0.8 * smooth_field(rng, grid, 26))
    oxygen = blur(supply, OXYGEN_REACH_MM, grid) * np.exp(0.4 * smooth_field(rng, grid, 12))
    return _highest(-np.log(oxygen + 1e-3), core, radius**3)


def _closed(rng, core: np.ndarray, completeness: float, grid: Grid) -> np.ndarray:
    """Close the ring, 1 where it is: all but up to three sectors, seen from the middle of the core."""
    points = grid.points_mm()
    offset = points - np.average(points[:, core > 0.5], axis=1).reshape(3, 1, 1, 1)
    direction = offset / (np.linalg.norm(offset, axis=0) + 1e-3)
    gaps = rng.standard_normal((int(rng.integers(1, 4)), 3))
    gaps /= np.linalg.norm(gaps, axis=1, keepdims=True)
    nearest = np.max([np.einsum("i,ixyz->xyz", gap, direction) for gap in gaps], axis=0)
    return _highest(-nearest, core, completeness)


def islands(rng, where: np.ndarray, share: float, radii_mm: tuple[float, float], grid: Grid) -> np.ndarray:
    """Blobs within the core that fill about `share` of it, float [x, y, z]."""
    inside = np.argwhere(where > 0.5)
    density = 0.05 * smooth_field(rng, grid, 8)
    for place in rng.permutation(inside)[: 1 + rng.poisson(4)]:
        radius = rng.uniform(*radii_mm) / grid.spacing_mm
        x, y, z = (np.exp(-0.5 * ((np.arange(n) - i) / radius) ** 2) for n, i in zip(grid.shape, place, strict=True))
        density = density + (x[:, None, None] * y[:, None] * z).astype(np.float32)
    return _highest(density, where, share)


def _highest(values: np.ndarray, where: np.ndarray, share: float) -> np.ndarray:
    """Soft mask of the highest `share` of `values` within `where`."""
    inside = values[where > 0.5]
    return soft_step(values - np.quantile(inside, 1 - share), SEAM * inside.std() + 1e-6)


def _share_out(parts: dict[str, np.ndarray], lesion: Lesion) -> Regions:
    """Let each tissue take its share of what the tissues before it left of the core."""
    left, shared = lesion.core, {}
    for name in [tissue for tissue in CORE_TISSUES if tissue in parts]:
        shared[name] = (parts[name] * left).astype(np.float32)
        left = left - shared[name]
    return Regions(shared | {"solid_core": left, "oedema": lesion.whole - lesion.core})
