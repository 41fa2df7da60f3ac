"""Check that a whole head was scanned and kept: of a head's size along each axis, and cut off nowhere by a flat face.

A brain touches its own bounding box in a small cap; where a box cut it, whether zeros were filled in afterwards or not,
its outermost slice is as large as the cut. The brain stem, and some cerebellum with it, is cut in many sound studies.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from zoo import Finding, Volumes

from .grid import Coarse

AXES = ("wide", "long", "high")  # left to right, back to front, bottom to top
SIDES = (("left", "right"), ("back", "front"), ("bottom", "top"))
# Least extent in mm: two thirds of the smallest of 120 simulated brains, some of them cut below, without the OUTERMOST.
LEAST_MM = np.array([65.0, 85.0, 60.0])
FLATTEST = 0.6  # height to length: 0.69 to 0.92 of simulated brains
CAP_CM2_PER_MM = 6.0  # of slice thickness: the outermost slice of a brain that is whole
LARGEST_CUT_CM2, LARGEST_CUT_BELOW_CM2 = 15.0, 40.0  # beside that; of 120 simulated studies up to 19 and 49 in all


class Face(NamedTuple):
    """The outermost slice of a brain on one side: the area of brain in it, and how thick it is."""

    side: str
    area_cm2: float
    thickness_mm: float


def check_extent(coarse: Coarse) -> list[Finding]:
    """Refuse what is too small along some axis to be a head."""
    sizes = zip(coarse.extent_mm, AXES, LEAST_MM, strict=True)
    small = [f"{found:.0f} mm {name}" for found, name, least in sizes if found < least]
    if not small:
        return []
    expected = ", ".join(f"{least:.0f} mm {name}" for least, name in zip(LEAST_MM, AXES, strict=True))
    message = (
        f"expected a whole head, whose brain is at least {expected}; found one of {' and '.join(small)}. Check the "
        "spacing of slices in the header, and give all slices."
    )
    return [Finding("refusal", message)]


def check_cuts(volumes: Volumes) -> list[Finding]:
    """Doubt a brain with flat ends; `volumes` without the background around."""
    cuts = [f"{face.side} ({face.area_cm2:.0f} cm²)" for face in _faces(volumes) if face.area_cm2 > _largest_cm2(face)]
    if not cuts:
        return []
    message = (
        f"The brain is cut off flat at its {', '.join(cuts)}: some of it is missing, and the grade may be off. "
        "Give the whole head, uncropped."
    )
    return [Finding("warning", message)]


def check_height(coarse: Coarse) -> list[Finding]:
    """Doubt a brain that is too low for its length."""
    _, length, height = coarse.extent_mm
    if height >= FLATTEST * length:
        return []
    message = (
        f"The brain is {height:.0f} mm high and {length:.0f} mm long; expected at least {FLATTEST} of its length. The "
        "grade may be off: check the spacing of slices in the header, and whether some are missing."
    )
    return [Finding("warning", message)]


def _largest_cm2(face: Face) -> float:
    cut = LARGEST_CUT_BELOW_CM2 if face.side == "bottom" else LARGEST_CUT_CM2
    return cut + CAP_CM2_PER_MM * face.thickness_mm


def _faces(volumes: Volumes) -> Iterator[Face]:
    """Yield the outermost slice of the brain on each side of the head, whichever way the voxels run."""
    spacing = np.linalg.norm(volumes.affine[:3, :3], axis=0)
    for axis, thickness in enumerate(spacing):
        direction = volumes.affine[:3, axis]
        world = int(np.abs(direction).argmax())
        sides = SIDES[world] if direction[world] > 0 else SIDES[world][::-1]
        pixel_cm2, slices = np.delete(spacing, axis).prod() / 100, np.moveaxis(volumes.brain, axis, 0)
        for side, index in zip(sides, (0, -1), strict=True):
            yield Face(side, np.count_nonzero(slices[index]) * pixel_cm2, thickness)
