"""What the tumour is made of: enhancing rim, necrosis, solid core, blood, calcium."""

from dataclasses import dataclass

import numpy as np

from .fields import Grid, smooth_field, soft_step
from .growth import Lesion
from .signs import Signs

# Tissues of the core, in the order in which each takes its share; "solid_core" is what is left.
CORE_TISSUES = ("calcification", "haemorrhage", "enhancing", "necrosis", "mismatch_core")


@dataclass(frozen=True)
class Regions:
    """Fractions of each lesion tissue {name: float32 [x, y, z]}; they sum to `Lesion.whole`.

    Tissues that this patient does not have are left out; solid core and oedema never are.
    """

    fractions: dict[str, np.ndarray]

    def labels(self) -> np.ndarray:
        """BraTS labels, uint8 [x, y, z]: 4 enhancing, 1 the rest of the core, 2 oedema."""
        enhancing = self.fractions.get("enhancing", 0)
        oedema = self.fractions["oedema"]
        whole = sum(self.fractions.values())
        core = whole - oedema
        labels = np.where(oedema > core, 2, 1) * (whole > 0.5)
        return np.where((whole > 0.5) & (enhancing > 0.35), 4, labels).astype(np.uint8)

    def emptied(self) -> "Regions":
        """Return the tissues, none of which is there."""
        return Regions({name: np.zeros_like(fraction) for name, fraction in self.fractions.items()})


def divide(rng: np.random.Generator, lesion: Lesion, signs: Signs, grid: Grid) -> Regions:
    """Divide the lesion into tissues as the drawn signs say."""
    fractions = {}
    depth = lesion.core_depth
    if signs.enhancement == "ring":
        fractions["enhancing"], fractions["necrosis"] = _ring(rng, depth, signs, grid)
    elif signs.enhancement == "patchy":
        fractions["enhancing"] = _patches(rng, lesion.core, 7.0, signs.enhancing_share, grid)
    if signs.cyst and signs.enhancement != "ring":
        fractions["necrosis"] = soft_step(depth - 4 - 2 * smooth_field(rng, grid, 16), 0.5)
    if signs.flair_mismatch:
        fractions["mismatch_core"] = soft_step(depth - rng.uniform(2, 5), 0.8)
    if signs.haemorrhage:
        fractions["haemorrhage"] = _patches(rng, lesion.core, 9.0, rng.uniform(0.02, 0.15), grid)
    if signs.calcification:
        fractions["calcification"] = _patches(rng, lesion.core, 6.0, rng.uniform(0.01, 0.06), grid)
    return Regions(_share_out(fractions, lesion))


def _ring(rng, depth: np.ndarray, signs: Signs, grid: Grid):
    """Enhancing rim of varying thickness, thinned or open in places, and the necrosis within."""
    uneven = 0.5 * smooth_field(rng, grid, 20) + 0.4 * smooth_field(rng, grid, 9)
    radius_mm = (0.75 * signs.core_ml * 1000 / np.pi) ** (1 / 3)
    thickness = signs.ring_thickness * radius_mm * np.exp(uneven)
    gap = _patches(rng, np.ones(grid.shape, np.float32), 26.0, 1 - signs.ring_completeness, grid)
    inner = soft_step(depth - np.maximum(thickness, 1.0), 0.5)
    return (1 - inner) * (1 - gap), inner


def _patches(rng, where: np.ndarray, length_mm: float, share: float, grid: Grid) -> np.ndarray:
    """Smooth patches that fill about `share` of `where` (fractions, [x, y, z])."""
    field = smooth_field(rng, grid, length_mm) + 0.3 * smooth_field(rng, grid, max(4.0, length_mm / 2.5))
    values = field[where > 0.5]
    if len(values) == 0:
        return np.zeros(grid.shape, np.float32)
    return soft_step(field - float(np.quantile(values, 1 - share)), 0.1) * where


def _share_out(fractions: dict[str, np.ndarray], lesion: Lesion) -> dict[str, np.ndarray]:
    """Let each tissue take its share of what the tissues before it left of the core."""
    left = lesion.core.copy()
    shared = {}
    for name in [tissue for tissue in CORE_TISSUES if tissue in fractions]:
        shared[name] = (fractions[name] * left).astype(np.float32)
        left -= shared[name]
    return shared | {"solid_core": left, "oedema": lesion.whole - lesion.core}
