"""Which part of the head a scan shows: scans of one study need not reach equally far up and down.

All outlines are of one coarse grid, float32 [D, H, W], 0 to 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zoo import Volumes
from zoo.study.brain import brain_extent, brain_mask
from zoo.study.resample import resample

from .grid import GRID, OUTERMOST, grid_affine

HALF, NEARLY_ALL = 0.5, 0.9  # of what an outline has in a slice
END = 0.1  # of the mean slice's area: where an outline ends
LEAST_SLICES = 2  # 8 mm, missing at an end; skull stripping differs by less
MOST_IN_EXCESS = 0.5  # of what is missing; a scan that was moved has as much elsewhere as it lacks


@dataclass(frozen=True)
class Outlines:
    """The outlines of a study's scans, on one coarse grid.

    each: float32 [scans, D, H, W], in the order of the study's modalities. shared: what most of them share. whole: what
    any of them has. centre: of the brain, world mm. onto: affine from the grid's voxels to the world, float64 [4, 4].
    """

    each: np.ndarray
    shared: np.ndarray
    whole: np.ndarray
    centre: np.ndarray
    onto: np.ndarray


def outlines_of(volumes: Volumes) -> Outlines | None:
    """Return the outlines; None where all are the same, as they are when one mask stripped all scans."""
    outlines = np.stack([brain_mask(scan[None]) for scan in volumes.data[volumes.present]])
    if all(np.array_equal(outlines[0], other) for other in outlines[1:]):
        return None
    shared = outlines.mean(axis=0, keepdims=True, dtype=np.float32) >= 0.5
    centre = np.mean(brain_extent(volumes, OUTERMOST), axis=0)
    onto = grid_affine(centre)
    *each, most = resample(np.concatenate([outlines, shared]), volumes.affine, onto, GRID)
    return Outlines(np.stack(each), most, np.max(each, axis=0), centre, onto)


def shown_part(outline: np.ndarray, larger: np.ndarray) -> tuple[slice, ...]:
    """The box of the grid in which an outline has nearly all that a larger one has; the whole grid where none lacks.

    A side is cut only if more than half of the larger outline's end is missing there, and no more is there on the other
    side, as of a scan that was moved; a cut that runs askew, where it begins.
    """
    missing, excess = np.maximum(larger - outline, 0).sum(), np.maximum(outline - larger, 0).sum()
    if excess > MOST_IN_EXCESS * missing:
        return (slice(None),) * outline.ndim
    return tuple(_shown_slices(outline, larger, axis) for axis in range(outline.ndim))


def completed(outline: np.ndarray, larger: np.ndarray) -> np.ndarray:
    """An outline with what it doesn't show taken from a larger one."""
    part = shown_part(outline, larger)
    whole = larger.copy()
    whole[part] = outline[part]
    return whole


def missing_part(outline: np.ndarray, larger: np.ndarray) -> np.ndarray:
    """What a larger outline has and an outline doesn't, beyond the part that it shows: bool [D, H, W]."""
    beyond = np.ones(outline.shape, bool)
    beyond[shown_part(outline, larger)] = False
    return np.asarray(beyond & (larger > HALF) & (outline <= HALF))


def _shown_slices(outline: np.ndarray, larger: np.ndarray, axis: int) -> slice:
    (there, shown), (_, known) = _shares(outline, larger, axis), _shares(larger, outline, axis)
    enough = there[shown >= NEARLY_ALL]
    if not len(enough):
        return slice(None)
    first = int(enough[0]) if _ends_early(shown) and known[-1] >= HALF else None
    stop = int(enough[-1]) + 1 if _ends_early(shown[::-1]) and known[0] >= HALF else None
    return slice(first, stop)


def _shares(outline: np.ndarray, of: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """Slices in which another outline is, and how much of it an outline has in each."""
    others = tuple(other for other in range(outline.ndim) if other != axis)
    has, both = of.sum(axis=others), np.minimum(outline, of).sum(axis=others)
    there = np.flatnonzero(has > END * has.mean())
    return there, both[there] / has[there]


def _ends_early(shares: np.ndarray) -> bool:
    return bool((shares[:LEAST_SLICES] < HALF).all())
