"""Check that a head is stored upright: of 24 ways to turn and mirror it, none fits a common brain clearly better.

Converters lose the orientation, and then the affine is the identity, whatever way the voxels run. Left and right can't
be told, since a brain is its own mirror image; so a mirror front to back also stands for half a turn, and so on.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import permutations, product
from typing import NamedTuple

import numpy as np
import torch
from torch.nn import functional

from zoo import Finding, Volumes
from zoo.study.resample import sample

from .common_brain import common_brain
from .grid import EXTENT_MM, GRID, Coarse

COARSER = 2  # times the coarse grid's voxels, 8 mm: enough to tell top from bottom
OUTLINE_WEIGHT = 2.0  # against the pictures
CLEARLY_BETTER = 0.02  # 240 sound simulated studies fit every other way worse, by 0.047 or more
LEAST_FIT = 0.6  # of what is a head at all; of those 0.65 or more
AXES = ("up–down", "front–back", "left–right")  # of the grid


class Way(NamedTuple):
    """A way to lay a head: which of its axes becomes the grid's first, second and third; whether the first two flip."""

    axes: tuple[int, ...]
    flipped: tuple[bool, ...]


UPRIGHT = Way((0, 1, 2), (False, False))
WAYS = [Way(axes, flipped) for axes in permutations(range(3)) for flipped in product((False, True), repeat=2)]


def check(volumes: Volumes, coarse: Coarse) -> list[Finding]:
    fits = fits_by_way(volumes, coarse)
    best = max(fits, key=fits.__getitem__)
    if fits[best] < max(LEAST_FIT, fits[UPRIGHT] + CLEARLY_BETTER):
        return []
    found = f"fits a common brain by {fits[best]:.2f}, as it is by {fits[UPRIGHT]:.2f}"
    message = (
        f"The head looks {_described(best)} (so it {found}). Correct the orientation in the header, or the voxels."
    )
    return [Finding("warning", message)]


def fits_by_way(volumes: Volumes, coarse: Coarse) -> dict[Way, float]:
    """How well a study fits the common brain laid each of the ways, −1 to 1."""
    given = _unit_vectors(_coarser(coarse.images, coarse.brain))
    seen = np.flatnonzero(volumes.present)
    alike = np.einsum("wcv,cv->wc", _common_brain_laid(), given)
    fits = (OUTLINE_WEIGHT * alike[:, -1] + alike[:, seen].mean(axis=1)) / (OUTLINE_WEIGHT + 1)
    return dict(zip(WAYS, fits.tolist(), strict=True))


@lru_cache(maxsize=1)
def _common_brain_laid() -> np.ndarray:
    """The common brain's pictures and its outline, as unit vectors: float32 [ways, modalities + 1, voxels]."""
    common = common_brain()
    upright = _coarser(common.images, common.brain)
    return np.stack([_unit_vectors(_laid(upright, way)) for way in WAYS])


def _coarser(images: np.ndarray, brain: np.ndarray) -> np.ndarray:
    """Images and, last, the outline on a coarser grid: float32 [C + 1, D, H, W]."""
    both = torch.from_numpy(np.concatenate([images, brain[None]], dtype=np.float32))
    return functional.avg_pool3d(both[None], COARSER)[0].numpy()


def _laid(images: np.ndarray, way: Way) -> np.ndarray:
    """Exchange the axes of images [C, D, H, W], stretch each to a common brain's extent, and flip."""
    axes = list(way.axes)
    extent = EXTENT_MM[::-1] / GRID.spacing
    centre = (np.array(images.shape[1:]) - 1) / 2
    to_source = np.eye(4)
    to_source[:3, :3] = 0
    to_source[axes, range(3)] = extent[axes] / extent * np.where([*way.flipped, False], -1, 1)
    to_source[:3, 3] = centre - to_source[:3, :3] @ centre
    return sample(images, to_source, images.shape[1:])


def _unit_vectors(images: np.ndarray) -> np.ndarray:
    """Pictures of mean 0 within the outline, 0 around it, and the outline of mean 0, of length 1: [C, voxels]."""
    *pictures, outline = images.reshape(len(images), -1)
    inside = outline > 0.5
    vectors = np.stack(
        [*(np.where(inside, each - each[inside].mean(), 0) for each in pictures), outline - outline.mean()]
    )
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


def _described(way: Way) -> str:
    if way.axes == UPRIGHT.axes:
        names = ("upside down", "back to front")
        return " and ".join(name for name, flip in zip(names, way.flipped, strict=True) if flip)
    kept = [name for name, axis, own in zip(AXES, way.axes, range(3), strict=True) if axis == own]
    return f"turned by 90° about its {kept[0]} axis" if kept else "turned by 90° about two axes"
