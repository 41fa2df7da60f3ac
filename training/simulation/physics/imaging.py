"""Noiseless images of tissue, by relaxation and pulse sequences."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ..fields import Grid, smooth_field
from .protocol import Protocol
from .tissues import Tissue, draw_relaxivity, draw_tissues, with_agent, with_water

T1CE = 1
UNEVEN_UPTAKE = 0.45


def render(rng: np.random.Generator, fractions: dict[str, np.ndarray], grid: Grid, protocol: Protocol) -> np.ndarray:
    """Noiseless magnitudes in units of white matter, float32 [4, x, y, z] in the order t1, t1ce, t2, flair.

    Water content and T2 vary within a tissue, and contrast agent doesn't leak alike everywhere; signals are taken to be
    linear in these small changes.
    """
    tissues = draw_tissues(rng, protocol.tesla, protocol.injection)
    relaxivity = draw_relaxivity(rng, protocol.tesla)
    water, other, leak = (smooth_field(rng, grid, 13) + 0.6 * smooth_field(rng, grid, 5) for _ in range(3))
    images = np.zeros((4, *grid.shape), np.float32)
    for number, (image, sequence) in enumerate(zip(images, protocol.sequences, strict=True)):
        seen = _after_agent(sequence.signal, relaxivity) if number == T1CE else sequence.signal
        white = abs(seen(tissues["white"]))
        for name, fraction in fractions.items():
            base, by_water, by_t2, by_uptake = (float(value / white) for value in responses(seen, tissues[name]))
            image += fraction * (base + by_water * water + by_t2 * other + by_uptake * leak)
    return np.abs(images, out=images)


def _after_agent(signal: Callable[[Tissue], float], relaxivity: float) -> Callable[[Tissue], float]:
    return lambda tissue: signal(with_agent(tissue, relaxivity))


def responses(signal: Callable[[Tissue], float], tissue: Tissue) -> tuple[float, float, float, float]:
    """Signal of the tissue, and its change with one standard deviation of water, of T2 alone, and of uptake."""
    step = tissue.texture
    return (
        signal(tissue),
        signal(with_water(tissue, step / 2)) - signal(with_water(tissue, -step / 2)),
        signal(replace(tissue, t2_ms=tissue.t2_ms * (1 + step))) - signal(tissue),
        signal(replace(tissue, uptake=tissue.uptake * (1 + UNEVEN_UPTAKE))) - signal(tissue),
    )
