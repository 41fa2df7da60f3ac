"""What is measured of a label map: volumes, diameters, parts, places; of a network's regions where one found them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import ndimage

from zoo.regions.diameters import Diameters, rano_diameters
from zoo.regions.parts import SPECK_ML, connected_parts
from zoo.study.brain import affine_in, bounding_box
from zoo.types import MEASURED, REGION_LABELS, WHOLE_TUMOUR, Millimetres, Plane, RegionMeasurements, Side

BOTH_SIDES = 0.05
"""Share of a region beyond the midline above which it lies on both sides: what less there is, a midline that is off by
a millimetre or two would show, too."""


def measure_regions(
    labels: np.ndarray, affine: np.ndarray, midline: Plane | None = None
) -> dict[str, RegionMeasurements]:
    """Measure each of MEASURED: core, oedema, enhancing tumour and the whole.

    labels: uint8 [x, y, z] as in `REGION_LABELS`. affine: float64 [4, 4], voxel to world in mm; voxels may be of any
    size, and their axes may stand askew.
    """
    if not labels.any():
        return dict.fromkeys(MEASURED, RegionMeasurements(0.0))
    box = bounding_box(labels != 0)
    labels, affine = np.ascontiguousarray(labels[box]), affine_in(box, affine)
    whole_ml = np.count_nonzero(labels) * voxel_ml(affine)
    masks = {name: labels == number for name, number in REGION_LABELS.items()} | {WHOLE_TUMOUR: labels != 0}
    return {name: _measure(mask, affine, midline, whole_ml) for name, mask in masks.items()}


def voxel_ml(affine: np.ndarray) -> float:
    """Volume of a voxel in ml, from its affine to world mm."""
    return float(abs(np.linalg.det(affine[:3, :3]))) / 1000


def _measure(mask: np.ndarray, affine: np.ndarray, midline: Plane | None, whole_ml: float) -> RegionMeasurements:
    if not mask.any():
        return RegionMeasurements(0.0, 0.0)
    box = bounding_box(mask)
    mask, affine = mask[box], affine_in(box, affine)
    ml = float(np.count_nonzero(mask) * voxel_ml(affine))
    points = affine[:3, :3] @ np.nonzero(mask) + affine[:3, 3:]
    numbers, sizes = connected_parts(mask)
    large = np.flatnonzero(sizes * voxel_ml(affine) > SPECK_ML) + 1
    diameters = max(_diameters_of(numbers, large, affine), default=None, key=lambda found: found.longest_mm)
    left_share, midline_mm = _beside(midline, points) if midline else (None, None)
    return RegionMeasurements(
        ml=ml,
        share=ml / whole_ml,
        extent_mm=_triple(np.ptp(points, axis=1) + np.abs(affine[:3, :3]).sum(axis=1)),
        diameter_mm=diameters and diameters.longest_mm,
        perpendicular_mm=diameters and diameters.perpendicular_mm,
        diameter_centre_mm=diameters and _triple(diameters.centre_mm),
        parts=len(large),
        specks=len(sizes) - len(large),
        centre_mm=_triple(points.mean(axis=1)),
        side=None if left_share is None else _side(left_share),
        left_share=left_share,
        midline_mm=midline_mm,
    )


def _diameters_of(numbers: np.ndarray, large: np.ndarray, affine: np.ndarray) -> Iterator[Diameters]:
    """Diameters of each of the large parts."""
    boxes = ndimage.find_objects(numbers)
    for number in large.tolist():
        box = boxes[number - 1]
        yield rano_diameters(numbers[box] == number, affine_in(box, affine))


def _beside(midline: Plane, points: np.ndarray) -> tuple[float, float]:
    """Share of points [3, N] left of a midline, and how far the nearest is from it in mm, 0 where they cross it."""
    distances = midline.distance(points.T)
    left = distances < 0
    crosses = left.any() and not left.all()
    return float(left.mean()), 0.0 if crosses else float(np.abs(distances).min())


def _side(left_share: float) -> Side:
    if BOTH_SIDES < left_share < 1 - BOTH_SIDES:
        return "both"
    return "left" if left_share > 0.5 else "right"


def _triple(values: np.ndarray) -> Millimetres:
    x, y, z = values.tolist()
    return x, y, z
