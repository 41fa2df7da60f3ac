"""Signal equations: what a pulse sequence makes of T1, T2 and proton density. All times in ms, angles in degrees.

Signals are signed, as a ratio to fully relaxed protons: neighbours within a voxel cancel, and a scanner shows the
magnitude of their sum.
"""

from dataclasses import dataclass

import numpy as np

from .tissues import Tissue


@dataclass(frozen=True)
class SpinEcho:
    """Spin echo, of T2 if the echo time is long: ρ (1 − e^(−TR/T1)) e^(−TE/T2) (Haacke et al. 1999)."""

    tr: float
    te: float

    def signal(self, tissue: Tissue) -> float:
        return tissue.density * (1 - np.exp(-self.tr / tissue.t1_ms)) * np.exp(-self.te / tissue.t2_ms)


@dataclass(frozen=True)
class InversionRecovery:
    """FLAIR: ρ (1 − 2 e^(−TI/T1) + e^(−TR/T1)) e^(−TE/T2), 0 for T1 = TI / ln 2 where TR is long (Hajnal 1992)."""

    tr: float
    te: float
    ti: float

    def signal(self, tissue: Tissue) -> float:
        inverted = 1 - 2 * np.exp(-self.ti / tissue.t1_ms) + np.exp(-self.tr / tissue.t1_ms)
        return tissue.density * inverted * np.exp(-self.te / tissue.t2_ms)


@dataclass(frozen=True)
class SpoiledGradientEcho:
    """Gradient echo: ρ sin α (1 − E) / (1 − E cos α) e^(−TE/T2) with E = e^(−TR/T1) (Ernst and Anderson 1966)."""

    tr: float
    te: float
    flip: float

    def signal(self, tissue: Tissue) -> float:
        angle, left = np.radians(self.flip), np.exp(-self.tr / tissue.t1_ms)
        steady = (1 - left) / (1 - left * np.cos(angle))
        return tissue.density * np.sin(angle) * steady * np.exp(-self.te / tissue.t2_ms)


@dataclass(frozen=True)
class Mprage:
    """Inversion, then `echoes` small flips `spacing` apart, the middle one TI after it, once every TR.

    Every stage maps longitudinal magnetisation M to aM + b, so that the steady state is b / (1 − a) of a whole cycle
    (as in Marques et al. 2010 for two trains).
    """

    tr: float
    te: float
    ti: float
    flip: float
    spacing: float
    echoes: int

    def signal(self, tissue: Tissue) -> float:
        before = self.ti - self.spacing * self.echoes / 2
        after = self.tr - self.ti - self.spacing * self.echoes / 2
        half = _train(self.spacing, self.echoes / 2, self.flip, tissue.t1_ms)
        inversion = (-1.0, 0.0)
        to_middle = _then(inversion, _relax(before, tissue.t1_ms), half)
        a, b = _then(half, _relax(after, tissue.t1_ms), to_middle)
        middle = b / (1 - a)  # a cycle from middle to middle
        return tissue.density * np.sin(np.radians(self.flip)) * middle * np.exp(-self.te / tissue.t2_ms)


Sequence = SpinEcho | InversionRecovery | SpoiledGradientEcho | Mprage
Stage = tuple[float, float]


def _relax(time: float, t1_ms: float) -> Stage:
    return np.exp(-time / t1_ms), 1 - np.exp(-time / t1_ms)


def _train(spacing: float, flips: float, flip: float, t1_ms: float) -> Stage:
    """Train of flips, which nears its own steady state faster than T1, by a factor of cos α with every flip."""
    kept, cosine = np.exp(-spacing / t1_ms), np.cos(np.radians(flip))
    steady = (1 - kept) / (1 - kept * cosine)
    left = (kept * cosine) ** flips
    return left, steady * (1 - left)


def _then(*stages: Stage) -> Stage:
    """Chain stages, one after the other."""
    a, b = 1.0, 0.0
    for slope, offset in stages:
        a, b = slope * a, slope * b + offset
    return a, b
