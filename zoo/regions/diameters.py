"""The two diameters of a lesion that RANO measures, in the axial slice where the first is longest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from scipy.spatial import ConvexHull

DIRECTIONS = 8
"""Directions in which a slice's width is measured first: they tell within 2 % how long a diameter it may have."""
ROUNDED = 6
"""Decimals of a mm, beyond which diameters are the same."""


class Diameters(NamedTuple):
    """The longest diameter in an axial slice, and the longest at a right angle to it there, in mm.

    centre_mm: the middle of the longest in the world, float64 [3].
    """

    longest_mm: float
    perpendicular_mm: float
    centre_mm: np.ndarray


def rano_diameters(part: np.ndarray, affine: np.ndarray) -> Diameters:
    """Measure a lesion, bool [x, y, z] with a voxel at least, as RANO does (Wen et al. 2010, J Clin Oncol 28:1963;
    RANO 2.0, Wen et al. 2023, 41:5187): the longest diameter in any axial slice, and in the same slice the longest one
    perpendicular to it, both from border to border. Of slices with the same longest one, that is measured in which the
    other is longest.

    affine: float64 [4, 4], voxel to world in mm. Axial are the slices along the axis that is nearest to upwards, in
    their own plane where they are oblique. The border runs midway between voxels, as marching squares draw it. What a
    slice shows of a lesion counts as one, holes and gaps included: diameters are those of its convex hull.
    """
    through = axial_axis(affine)
    slices, steps = np.moveaxis(part, through, 0), np.delete(affine[:3, :3], through, axis=1)
    plane = np.linalg.qr(steps).R  # from steps in the slice to mm along two perpendiculars in it
    best, at = None, 0
    for index, bound in _largest_first(slices, plane):
        if best and bound < best.longest_mm:
            break
        found = _diameters(_border(slices[index]), plane)
        if best is None or _rank(found) > _rank(best):
            best, at = found, index
    assert best is not None
    centre = affine[:3, 3] + at * affine[:3, through] + steps @ np.linalg.solve(plane, best.centre_mm)
    return best._replace(centre_mm=centre)


def axial_axis(affine: np.ndarray) -> int:
    """Tell along which of a grid's axes its axial slices follow each other: that which is nearest to upwards."""
    steps = affine[:3, :3] / np.linalg.norm(affine[:3, :3], axis=0)
    return int(np.abs(steps[2]).argmax())


def _largest_first(slices: np.ndarray, plane: np.ndarray) -> Iterator[tuple[int, float]]:
    """Index of each slice that has something, and a length that no diameter in it exceeds, the largest first."""
    angles = np.pi / DIRECTIONS * np.arange(DIRECTIONS)
    along = np.column_stack([np.cos(angles), np.sin(angles)]) @ plane
    widths = _widths(slices, along) + np.abs(along).max(axis=1)  # from border to border
    bounds = widths.max(axis=1) / np.cos(np.pi / 2 / DIRECTIONS)
    order = np.argsort(-bounds)[: np.count_nonzero(bounds > 0)]
    yield from zip(order.tolist(), bounds[order].tolist(), strict=True)


def _widths(slices: np.ndarray, along: np.ndarray) -> np.ndarray:
    """How far apart the outermost voxels of each slice, bool [S, I, J], are along directions [K, 2]: float64 [S, K].

    -inf in a slice that has nothing.
    """
    first, last = slices.argmax(axis=2), slices.shape[2] - 1 - slices[:, :, ::-1].argmax(axis=2)
    rows = np.arange(slices.shape[1])[:, None, None]
    places = rows * along[:, 0] + np.stack([first, last], axis=2)[..., None] * along[:, 1]
    some = np.asarray(slices.any(axis=2))[..., None, None]
    highest = np.where(some, places, -np.inf).max(axis=(1, 2))
    return np.asarray(highest - np.where(some, places, np.inf).min(axis=(1, 2)))


def _border(mask: np.ndarray) -> np.ndarray:
    """Outermost points of the border in every row and column of a slice, bool [I, J] → float64 [N, 2] in voxels."""
    return np.concatenate([_ends(mask), _ends(mask.T)[:, ::-1]])


def _ends(mask: np.ndarray) -> np.ndarray:
    rows = np.flatnonzero(mask.any(axis=1))
    first = mask[rows].argmax(axis=1)
    last = mask.shape[1] - 1 - mask[rows, ::-1].argmax(axis=1)
    return np.stack([np.tile(rows, 2), np.concatenate([first - 0.5, last + 0.5])], axis=1)


def _rank(diameters: Diameters) -> tuple[float, float]:
    """Rank of a slice by its longest diameter, and of those alike in it by the one at a right angle to it."""
    return round(diameters.longest_mm, ROUNDED), diameters.perpendicular_mm


def _diameters(border: np.ndarray, plane: np.ndarray) -> Diameters:
    """Measure points of a border, float64 [N, 2] in voxels, not all on a line. centre_mm: in the plane, [2]."""
    hull = border[ConvexHull(border).vertices] @ plane.T
    apart = np.linalg.norm(hull[:, None] - hull, axis=2)
    one, other = np.unravel_index(apart.argmax(), apart.shape)
    start, longest = hull[one], float(apart[one, other])
    along = (hull[other] - start) / longest
    places, heights = (hull - start) @ along, (hull - start) @ (-along[1], along[0])
    widths = _edge(places, heights) + _edge(places, -heights)
    return Diameters(longest, float(widths.max()), (start + hull[other]) / 2)


def _edge(places: np.ndarray, heights: np.ndarray) -> np.ndarray:
    """Height above the longest diameter of a hull's edge on one side, at each of its corners' places along it.

    A hull's longest chords run through its corners. Its two ends alone lie farthest out along the diameter.
    """
    upper = np.flatnonzero((heights > 0) | (places == places.min()) | (places == places.max()))
    upper = upper[np.argsort(places[upper])]
    return np.interp(places, places[upper], np.maximum(heights[upper], 0))
