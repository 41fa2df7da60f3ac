"""Check that each scan looks like its slot, by signs that hold in any head: what is dark on T1 is bright on T2, …

The limits lie between what simulated studies and what studies spoilt on purpose show (tests/README.md, Promises); no
patient was used to set them.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from zoo import MODALITIES, MODALITY_TITLES, Finding, Volumes
from zoo.study.prepare import WHITE_MATTER_BAND

from .grid import Coarse, common_brain, standardised

SAME_PICTURE = 0.99
T1S_AGREE = 0.2
NEARER = 0.1
T1_OPPOSES_T2 = -0.1
LIKE_A_BRAIN = {"t1": -0.1, "t1ce": -0.1, "flair": 0.0}
OUTLINE_OVERLAP = 0.8
LOST, GAINED = 0.25, 1.5  # of the level of white matter; the loss is so many times the gain
BLUNDER = "The grade may mean nothing: check which file is which."


def check(volumes: Volumes) -> list[Finding]:
    coarse = standardised(volumes)
    return [Finding("warning", f"{sign} {BLUNDER}") for sign in _odd_signs(volumes, coarse)]


def _odd_signs(volumes: Volumes, coarse: Coarse) -> Iterator[str]:
    yield from _shape(coarse)
    yield from _pictures(volumes, coarse)
    yield from _pairs(volumes, coarse)
    if {"t1", "t1ce"} <= set(volumes.modalities):
        yield from _enhancement(coarse)


def _shape(coarse: Coarse) -> Iterator[str]:
    _, common = common_brain()
    overlap = 2 * (coarse.brain & common).sum() / (coarse.brain.sum() + common.sum())
    if overlap < OUTLINE_OVERLAP:
        yield f"The outline is not that of a brain (it overlaps with a common one by {overlap:.2f})."


def _pictures(volumes: Volumes, coarse: Coarse) -> Iterator[str]:
    """Tell of scans that are not bright and dark where a brain without a tumour is."""
    images, brain = common_brain()
    inside = coarse.interior & brain
    for name, least in LIKE_A_BRAIN.items():
        if name in volumes.modalities:
            row = MODALITIES.index(name)
            found = _correlation(coarse.images[row][inside], images[row][inside])
            if found < least:
                yield f"{MODALITY_TITLES[name]} is bright where a brain is dark there (correlation {found:.2f})."


def _pairs(volumes: Volumes, coarse: Coarse) -> Iterator[str]:
    scans = {name: coarse.images[MODALITIES.index(name)][coarse.interior] for name in volumes.modalities}
    agree = {(a, b): _correlation(scans[a], scans[b]) for a in scans for b in scans}
    for (a, b), found in agree.items():
        if MODALITIES.index(a) < MODALITIES.index(b) and found > SAME_PICTURE:
            yield f"{MODALITY_TITLES[a]} and {MODALITY_TITLES[b]} show the same picture (correlation {found:.2f})."
    if agree.get(("t1", "t1ce"), 1) < T1S_AGREE:
        yield f"T1 and T1ce don't look like the same head (correlation {agree['t1', 't1ce']:.2f})."
    if agree.get(("t1ce", "flair"), -1) > agree.get(("t1", "t1ce"), 1) + NEARER:
        yield "T1ce looks more like FLAIR than like T1."
    t1 = next((name for name in ("t1", "t1ce") if name in scans), None)
    if t1 and agree.get((t1, "t2"), -1) > T1_OPPOSES_T2:
        yield f"What is dark on {MODALITY_TITLES[t1]} is not bright on T2 (correlation {agree[t1, 't2']:.2f})."


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
