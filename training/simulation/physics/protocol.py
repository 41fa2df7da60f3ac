"""How a hospital scans: field strength, four sequences with their parameters, contrast agent, and how each is sampled.

Ranges hold what the consensus protocol for brain tumours asks for (BTIP, Ellingson et al. 2015) and what older and
faster protocols do instead: the studies of TCGA come from scanners of four makers at up to 3 T without a common
protocol (Bakas et al. 2017). Where no source is named, limits are from general knowledge of clinical protocols.
"""

from collections.abc import Sequence as Several
from dataclasses import dataclass

import numpy as np

from .agent import USUAL, Injection, draw_injection
from .kspace import Scan
from .sequences import InversionRecovery, Mprage, Sequence, SpinEcho, SpoiledGradientEcho
from .tissues import TISSUES

T1_WEIGHTED = (SpinEcho, Mprage, SpoiledGradientEcho)
# White matter, in whose units noise is given, is darker on T2 and FLAIR.
NOISIER = (1.0, 1.0, 1.6, 1.6)


@dataclass(frozen=True)
class Protocol:
    """A hospital's protocol. `tesla` is 1.5 or 3; sequences and scans are those of t1, t1ce, t2, flair."""

    tesla: float
    sequences: Several[Sequence]
    scans: Several[Scan]
    injection: Injection = USUAL


def draw_protocol(rng: np.random.Generator) -> Protocol:
    """Draw a hospital's protocol. T1ce is the sequence of T1 in three of five."""
    tesla = float(rng.choice([1.5, 3.0]))
    t1 = draw_t1_weighted(rng)
    t1ce = t1 if rng.random() < 0.6 else draw_t1_weighted(rng)
    sequences = (t1, t1ce, draw_t2_weighted(rng), draw_flair(rng, tesla))
    pairs = zip(sequences, NOISIER, strict=True)
    scans = tuple(draw_scan(rng, not isinstance(one, SpinEcho | InversionRecovery), noisier) for one, noisier in pairs)
    return Protocol(tesla, sequences, scans, draw_injection(rng))


def draw_t1_weighted(rng: np.random.Generator) -> Sequence:
    """Draw a spin echo, an MPRAGE or a spoiled gradient echo, with parameters in clinical use.

    BTIP: MPRAGE with TI 1100 and TR 2100 ms, flips of 10 to 15°; vendors' own start at TI 700 (as ADNI's 900 to 1000).
    """
    kind = T1_WEIGHTED[rng.choice(3, p=[0.45, 0.35, 0.2])]
    if kind is SpinEcho:
        return SpinEcho(tr=rng.uniform(400, 700), te=rng.uniform(7, 20))
    if kind is Mprage:
        inversion = rng.uniform(750, 1150)
        return Mprage(rng.uniform(1850, 2600), rng.uniform(2, 5), inversion, rng.uniform(7, 15), 7.5, 160)
    return SpoiledGradientEcho(tr=rng.uniform(6, 30), te=rng.uniform(2, 6), flip=rng.uniform(18, 35))


def draw_t2_weighted(rng: np.random.Generator) -> SpinEcho:
    """Draw a turbo spin echo, described by its effective echo time (BTIP: TR above 2500, TE 80 to 120 ms)."""
    return SpinEcho(tr=rng.uniform(2500, 7000), te=rng.uniform(70, 130))


def draw_flair(rng: np.random.Generator, tesla: float) -> InversionRecovery:
    """Draw a FLAIR whose inversion time nulls CSF more or less.

    BTIP: TR above 6000, TE 100 to 140, TI 2000 to 2500 ms; 3-D FLAIR has TR from 4800 and TI from 1650 ms.
    """
    tr = rng.uniform(4800, 12000)
    t1_ms = TISSUES["csf"].t1_ms
    null = t1_ms * np.log(2 / (1 + np.exp(-tr / t1_ms)))
    return InversionRecovery(tr, te=rng.uniform(80, 150), ti=null * rng.uniform(0.93, 1.06))


def draw_scan(rng: np.random.Generator, volumetric: bool, noisier: float = 1.0) -> Scan:
    """Draw slices of 2 to 6 mm, mostly axial, or a 3-D scan; a third is filtered against ringing, a third sharpened.

    BTIP asks for at most 4 mm without gaps, ACRIN 6686 for at most 5 mm (PMC7968800); older ones have gaps of a third.
    """
    volumetric = volumetric or rng.random() < 0.3
    plane = int(rng.choice(3, p=[0.15, 0.1, 0.75]))
    phase = int(rng.choice([axis for axis in range(3) if axis != plane]))
    return Scan(
        plane=plane,
        phase=phase,
        slice_mm=0.0 if volumetric else rng.uniform(2, 6),
        gap=rng.choice([0.0, 0.1, 0.2, 0.33]),
        resolution_mm=(rng.uniform(0.6, 1.6), rng.uniform(0.8, 3.0)),
        filtered=bool(rng.random() < 0.35),
        noise=noisier * float(np.exp(rng.uniform(np.log(0.01), np.log(0.10)))),
        crosstalk=rng.uniform(0, 0.08),
        sharpened=rng.uniform(0.2, 0.9) if rng.random() < 0.35 else 0.0,
    )
