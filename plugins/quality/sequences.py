"""Check that each scan looks like its slot, by signs that hold in any head: what is dark on T1 is bright on T2, …

The limits lie between what simulated studies and what studies spoilt on purpose show (tests/README.md, Promises); no
patient was used to set them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

import numpy as np

from zoo import MODALITIES, MODALITY_TITLES, Finding, Volumes
from zoo.study.prepare import WHITE_MATTER_BAND

from .common_brain import common_brain
from .fluid import brightness, likely_fluid, ranks
from .grid import Coarse

SAME_PICTURE = 0.99
T1S_AGREE = 0.2
T1_OPPOSES_T2 = -0.1
LIKE_A_BRAIN = {"t1": -0.1, "t1ce": -0.1}
BRIGHT_FLUID = 0.6  # rank on FLAIR; sound simulated studies have up to 0.26, inverted ones 0.74 or more
OUTLINE_OVERLAP = 0.8
LOST, GAINED = 0.25, 1.5  # of the level of white matter; the loss is so many times the gain
# How scans correlate within the interior, and how bright fluid is (rank − 0.5): medians of simulated studies.
USUAL_CORRELATIONS = {
    ("t1", "t1ce"): 0.85,
    ("t1", "t2"): -0.65,
    ("t1", "flair"): 0.2,
    ("t1ce", "t2"): -0.55,
    ("t1ce", "flair"): 0.2,
    ("t2", "flair"): 0.0,
}
USUAL_FLUID = {"t1": -0.35, "t1ce": -0.3, "t2": 0.35, "flair": -0.35}
FLUID_WEIGHT = 3.0  # against a correlation
FAR_LIKER = 0.25  # otherwise than as given; of 240 sound simulated studies the likest is at 0.18
LEAST_USUAL = 0.3  # of what is usual; 240 sound simulated studies have 0.33 to 1.1 of it
TOLD_OTHERWISE: set[tuple[str, ...]] = {
    ("t1", "t1ce"),
    ("flair",),
}  # by what enhances, since they correlate alike; by fluid alone
BLUNDER = "The grade may mean nothing: check which file is which."

Pair = tuple[str, str]


def check(volumes: Volumes, coarse: Coarse) -> list[Finding]:
    return [Finding("warning", f"{sign} {BLUNDER}") for sign in _odd_signs(volumes, coarse)]


def _odd_signs(volumes: Volumes, coarse: Coarse) -> Iterator[str]:
    yield from _shape(coarse)
    agree, rank = _correlations(volumes, coarse), ranks(coarse, volumes.modalities)
    yield from _unusual(coarse, agree, rank)
    yield from _pictures(volumes, coarse)
    yield from _fluid_on_flair(coarse, rank)
    yield from _pairs(agree)
    if {"t1", "t1ce"} <= set(volumes.modalities):
        yield from _enhancement(coarse)


def _shape(coarse: Coarse) -> Iterator[str]:
    common = common_brain().brain
    overlap = 2 * (coarse.brain & common).sum() / (coarse.brain.sum() + common.sum())
    if overlap < OUTLINE_OVERLAP:
        yield f"The outline is not that of a brain (it overlaps with a common one by {overlap:.2f})."


def _correlations(volumes: Volumes, coarse: Coarse) -> dict[Pair, float]:
    """Correlations of each two scans that are present, in the order of MODALITIES."""
    scans = {name: coarse.images[MODALITIES.index(name)][coarse.interior] for name in volumes.modalities}
    return {(a, b): _correlation(scans[a], scans[b]) for a, b in combinations(scans, 2)}


def _unusual(coarse: Coarse, agree: Mapping[Pair, float], rank: Mapping[str, np.ndarray]) -> Iterator[str]:
    """Tell which two scans, swapped, or which scan, inverted, would look as usual, and far more so than as given."""
    likely = likely_fluid(coarse)
    fluid = {name: brightness(each, likely) - 0.5 for name, each in rank.items()}
    otherwise: dict[tuple[str, ...], float] = {pair: _likeness(*_swapped(*pair, agree, fluid)) for pair in agree}
    for name in fluid:
        otherwise[name,] = _likeness(*_inverted(name, agree, fluid))
    best = max(otherwise, key=otherwise.__getitem__)
    usual = _likeness({pair: USUAL_CORRELATIONS[pair] for pair in agree}, {name: USUAL_FLUID[name] for name in fluid})
    if best not in TOLD_OTHERWISE and otherwise[best] > max(LEAST_USUAL * usual, _likeness(agree, fluid) + FAR_LIKER):
        titles = " and ".join(MODALITY_TITLES[name] for name in best)
        yield f"{titles} {'look swapped' if len(best) > 1 else 'looks inverted'}."


def _likeness(agree: Mapping[Pair, float], fluid: Mapping[str, float]) -> float:
    """How far scans look as usual, by their correlations and by how bright fluid is on each."""
    pairs = sum(USUAL_CORRELATIONS[pair] * found for pair, found in agree.items())
    return pairs + FLUID_WEIGHT * sum(USUAL_FLUID[name] * found for name, found in fluid.items())


def _swapped(
    a: str, b: str, agree: Mapping[Pair, float], fluid: Mapping[str, float]
) -> tuple[dict[Pair, float], dict[str, float]]:
    """The same measures with two scans in each other's slots."""
    taken = {name: {a: b, b: a}.get(name, name) for name in fluid}
    either_way = {**agree, **{pair[::-1]: found for pair, found in agree.items()}}
    return {(c, d): either_way[taken[c], taken[d]] for c, d in agree}, {name: fluid[taken[name]] for name in fluid}


def _inverted(
    name: str, agree: Mapping[Pair, float], fluid: Mapping[str, float]
) -> tuple[dict[Pair, float], dict[str, float]]:
    """The same measures with one scan's bright and dark exchanged."""
    pairs = {pair: -found if name in pair else found for pair, found in agree.items()}
    return pairs, {**fluid, name: -fluid[name]}


def _pictures(volumes: Volumes, coarse: Coarse) -> Iterator[str]:
    """Tell of scans that are not bright and dark where a brain without a tumour is."""
    common = common_brain()
    inside = coarse.interior & common.brain
    for name, least in LIKE_A_BRAIN.items():
        if name in volumes.modalities:
            row = MODALITIES.index(name)
            found = _correlation(coarse.images[row][inside], common.images[row][inside])
            if found < least:
                yield f"{MODALITY_TITLES[name]} is bright where a brain is dark there (correlation {found:.2f})."


def _fluid_on_flair(coarse: Coarse, rank: Mapping[str, np.ndarray]) -> Iterator[str]:
    """Tell of bright fluid on FLAIR; grey matter may be brighter or darker than white there, and a tumour is bright."""
    if "flair" not in rank:
        return
    found = brightness(rank["flair"], likely_fluid(coarse, rank))
    if found > BRIGHT_FLUID:
        yield f"Fluid is bright on FLAIR (brighter than {found:.0%} of the brain; expected dark)."


def _pairs(agree: Mapping[Pair, float]) -> Iterator[str]:
    for (a, b), found in agree.items():
        if found > SAME_PICTURE:
            yield f"{MODALITY_TITLES[a]} and {MODALITY_TITLES[b]} show the same picture (correlation {found:.2f})."
    if agree.get(("t1", "t1ce"), 1) < T1S_AGREE:
        yield f"T1 and T1ce don't look like the same head (correlation {agree['t1', 't1ce']:.2f})."
    against = [pair for pair in (("t1", "t2"), ("t1ce", "t2")) if pair in agree]
    if against and agree[against[0]] > T1_OPPOSES_T2:
        title = MODALITY_TITLES[against[0][0]]
        yield f"What is dark on {title} is not bright on T2 (correlation {agree[against[0]]:.2f})."


def _enhancement(coarse: Coarse) -> Iterator[str]:
    """Tell of T1 and T1ce swapped: contrast agent makes tissue brighter, yet much is darker and little brighter."""
    gain = contrast_gain(coarse)
    lost, gained = -np.percentile(gain, 0.1), np.percentile(gain, 99.9)
    if lost > max(LOST, GAINED * gained):
        yield f"T1ce is darker than T1 by up to {lost:.2f} of white matter, and brighter by {gained:.2f} only: swapped?"


def contrast_gain(coarse: Coarse) -> np.ndarray:
    """T1ce − T1 in the interior, each divided by its level of white matter; its median taken away."""
    t1, t1ce = coarse.images[:2, coarse.interior]
    low, high = np.quantile(t1, WHITE_MATTER_BAND["t1"])
    white = (t1 >= low) & (t1 <= high)
    gain = t1ce / np.median(t1ce[white]) - t1 / np.median(t1[white])
    return gain - np.median(gain)


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    """Correlate two images; 0 where one of them is flat."""
    return float(np.corrcoef(a, b)[0, 1]) if a.std() > 0 and b.std() > 0 else 0.0
