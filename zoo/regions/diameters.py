"""The two diameters of a lesion that RANO measures, in the axial slice where the first is longest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from scipy.spatial import ConvexHull


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
    perpendicular to it, both from border to border.

    affine: float64 [4, 4], voxel to world in mm. Axial are the slices along the axis that is nearest to upwards, in
    their own plane where they are oblique. The border runs midway between voxels, as marching squares draw it. What a
    slice shows of a lesion counts as one, holes and gaps included: diameters are those of its convex hull.
    """
    through = axial_axis(affine)
    slices, steps = np.moveaxis(part, through, 0), np.delete(affine[:3, :3], through, axis=1)
    plane = np.linalg.qr(steps).R  # from steps in the slice to mm along two perpendiculars in it
    best, at = None, 0
    for index, bound in _largest_first(slices, plane):
        if best and bound <= best.longest_mm:
            break
        found = _diameters(_border(slices[index]), plane)
        if best is None or found.longest_mm > best.longest_mm:
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
    rows, columns = (np.asarray(slices.any(axis=axis)) for axis in (2, 1))
    extents = np.stack([_extent(rows), _extent(columns)], axis=1)
    diagonals = np.stack([extents, extents * (1, -1)]) @ plane.T
    bounds = np.where(extents.all(axis=1), np.linalg.norm(diagonals, axis=2).max(axis=0), 0)
    order = np.argsort(-bounds)[: np.count_nonzero(bounds)]
    yield from zip(order.tolist(), bounds[order].tolist(), strict=True)


def _extent(lines: np.ndarray) -> np.ndarray:
    """Voxels from the first to the last True in each row of bool [N, K], int [N], 0 where there is none."""
    last = lines.shape[1] - lines[:, ::-1].argmax(axis=1)
    return np.where(lines.any(axis=1), last - lines.argmax(axis=1), 0)


def _border(mask: np.ndarray) -> np.ndarray:
    """Outermost points of the border in every row and column of a slice, bool [I, J] → float64 [N, 2] in voxels."""
    return np.concatenate([_ends(mask), _ends(mask.T)[:, ::-1]])


def _ends(mask: np.ndarray) -> np.ndarray:
    rows = np.flatnonzero(mask.any(axis=1))
    first = mask[rows].argmax(axis=1)
    last = mask.shape[1] - 1 - mask[rows, ::-1].argmax(axis=1)
    return np.stack([np.tile(rows, 2), np.concatenate([first - 0.5, last + 0.5])], axis=1)


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
