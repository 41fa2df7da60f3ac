"""How a hospital scans: field strength, four sequences with their parameters, and how each is sampled."""

from collections.abc import Sequence as Several
from dataclasses import dataclass

import numpy as np

from .kspace import Scan
from .sequences import InversionRecovery, Mprage, Sequence, SpinEcho, SpoiledGradientEcho
from .tissues import TISSUES

T1_WEIGHTED = (SpinEcho, Mprage, SpoiledGradientEcho)


@dataclass(frozen=True)
class Protocol:
    """A hospital's protocol. `tesla` is 1.5 or 3; sequences and scans are those of t1, t1ce, t2, flair."""

    tesla: float
    sequences: Several[Sequence]
    scans: Several[Scan]


def draw_protocol(rng: np.random.Generator) -> Protocol:
    """Draw a hospital's protocol. T1ce is the sequence of T1 in two of three hospitals."""
    tesla = float(rng.choice([1.5, 3.0]))
    t1 = draw_t1_weighted(rng)
    t1ce = t1 if rng.random() < 0.65 else draw_t1_weighted(rng)
    sequences = (t1, t1ce, draw_t2_weighted(rng), draw_flair(rng, tesla))
    return Protocol(tesla, sequences, tuple(draw_scan(rng, isinstance(one, Mprage)) for one in sequences))


def draw_t1_weighted(rng: np.random.Generator) -> Sequence:
    """Draw a spin echo, an MPRAGE or a spoiled gradient echo, with parameters in clinical use."""
    kind = T1_WEIGHTED[rng.choice(3, p=[0.45, 0.35, 0.2])]
    if kind is SpinEcho:
        return SpinEcho(tr=rng.uniform(420, 700), te=rng.uniform(8, 15))
    if kind is Mprage:
        inversion = rng.uniform(850, 1050)
        return Mprage(rng.uniform(1800, 2300), rng.uniform(2.5, 4), inversion, rng.uniform(8, 12), 7.5, 160)
    return SpoiledGradientEcho(tr=rng.uniform(8, 30), te=rng.uniform(2.5, 5), flip=rng.uniform(18, 30))


def draw_t2_weighted(rng: np.random.Generator) -> SpinEcho:
    """Draw a turbo spin echo, described by its effective echo time."""
    return SpinEcho(tr=rng.uniform(3000, 6000), te=rng.uniform(80, 115))


def draw_flair(rng: np.random.Generator, tesla: float) -> InversionRecovery:
    """Draw a FLAIR whose inversion time nulls CSF nearly."""
    tr = rng.uniform(8000, 11000)
    t1_ms = TISSUES["csf"].t1_ms
    null = t1_ms * np.log(2 / (1 + np.exp(-tr / t1_ms)))
    return InversionRecovery(tr, te=rng.uniform(90, 130), ti=null * rng.uniform(0.93, 1.05))


def draw_scan(rng: np.random.Generator, volumetric: bool) -> Scan:
    """Draw slices of 2 to 6 mm, mostly axial, or a 3-D scan; every third is filtered against ringing."""
    volumetric = volumetric or rng.random() < 0.25
    plane = int(rng.choice(3, p=[0.15, 0.1, 0.75]))
    phase = int(rng.choice([axis for axis in range(3) if axis != plane]))
    return Scan(
        plane=plane,
        phase=phase,
        slice_mm=0.0 if volumetric else rng.uniform(2, 6),
        gap=rng.choice([0.0, 0.1, 0.25]),
        resolution_mm=(rng.uniform(0.8, 1.3), rng.uniform(0.9, 2.6)),
        filtered=bool(rng.random() < 0.35),
        noise=float(np.exp(rng.uniform(np.log(0.01), np.log(0.06)))),
        crosstalk=rng.uniform(0, 0.04),
    )
