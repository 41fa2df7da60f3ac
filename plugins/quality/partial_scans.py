"""Check that all scans show the whole brain: a scan that ends early, as thick slices often do, is zeros from there on.

What a part shows is worth a grade, with a doubt, unless much is missing or the tumour reaches into what is missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from zoo import MODALITY_TITLES, Finding, Volumes
from zoo.study.prepare import Prepare
from zoo.study.resample import sample

from . import tumour
from .coverage import HALF, Outlines, missing_part, shown_part
from .grid import GRID

LEAST_SHARE = 0.01
LARGEST_SHARE = 0.25
TUMOUR_THERE = 0.35  # the finder's score; without tumour there simulated studies have up to 0.28
SIDES = (("lowest", "highest"), ("rearmost", "foremost"), ("leftmost", "rightmost"))  # of the grid's axes


@dataclass(frozen=True)
class Missing:
    """What one scan lacks. part: bool [D, H, W] on the coarse grid; share: of the brain; sides: which, and how deep."""

    name: str
    part: np.ndarray
    share: float
    sides: str

    def __str__(self) -> str:
        return f"{MODALITY_TITLES[self.name]} doesn't show the {self.sides} of the brain ({self.share:.0%} of it)"


def check(volumes: Volumes, outlines: Outlines, prepare: Prepare) -> list[Finding]:
    found = list(_missing(volumes, outlines))
    if not found:
        return []
    said = f"{', '.join(str(each) for each in found)}, which other scans do"
    instead = "Give a scan of the whole brain, or leave this one out: some models grade without it."
    if any(each.share > LARGEST_SHARE for each in found):
        return [Finding("refusal", f"{said}: more than {LARGEST_SHARE:.0%} is too much to grade by. {instead}")]
    score = _tumour_there(volumes, found, outlines, prepare)
    if score is not None and score > TUMOUR_THERE:
        return [Finding("refusal", f"{said}, and there is tumour in what is missing (score {score:.2f}). {instead}")]
    return [Finding("warning", f"{said}. The grade may be off. {instead}")]


def _missing(volumes: Volumes, outlines: Outlines) -> Iterator[Missing]:
    for name, outline in zip(volumes.modalities, outlines.each, strict=True):
        part = missing_part(outline, outlines.whole)
        share = part.sum() / (outlines.whole > HALF).sum()
        if share > LEAST_SHARE:
            yield Missing(name, part, float(share), " and ".join(_sides(outline, outlines.whole)))


def _sides(outline: np.ndarray, whole: np.ndarray) -> Iterator[str]:
    for axis, (part, names) in enumerate(zip(shown_part(outline, whole), SIDES, strict=True)):
        there = np.flatnonzero((whole > HALF).any(axis=tuple({0, 1, 2} - {axis})))
        first, stop = int(there[0]), int(there[-1]) + 1
        cut = (part.start or first) - first, stop - (part.stop or stop)
        for name, slices in zip(names, cut, strict=True):
            if slices > 0:
                yield f"{name} {slices * GRID.spacing[axis]:.0f} mm"


def _tumour_there(volumes: Volumes, found: list[Missing], outlines: Outlines, prepare: Prepare) -> float | None:
    """The highest score where something is missing, of a finder that doesn't see the scans that lack it."""
    scores = tumour.scores(volumes, prepare, without=[each.name for each in found])
    if scores is None:
        return None
    anywhere = np.any([each.part for each in found], axis=0)[None].astype(np.float32)
    there = sample(anywhere, np.linalg.inv(outlines.onto) @ scores.affine, scores.by_voxel.shape)[0] > HALF
    return float(scores.by_voxel[there].max(initial=0))
