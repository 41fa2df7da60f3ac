"""Where a NIfTI header puts its voxels: in millimetres, whatever its unit, and by which of its two transforms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import nibabel as nib
import numpy as np

from zoo.study.common_grid import farthest_mm

MM_PER_UNIT = {1: 1000.0, 3: 0.001}  # metres and microns; 2 is mm, and what names no unit is taken for mm
SPACE_UNIT = 7  # bits of xyzt_units that tell the unit of space
DISAGREE_MM = 1.0


def affine_in_mm(header: Any) -> np.ndarray:
    """The affine from voxels to world in mm, float64 [4, 4]: the sform, else the qform, else the voxels' sizes."""
    return _in_mm(header, header.get_best_affine())


def transforms_that_disagree(header: Any, shape: Sequence[int]) -> str | None:
    """Say which transform counts, in a sentence, where qform and sform put some voxel over a millimetre apart."""
    try:
        qform, sform = header.get_qform(coded=True)[0], header.get_sform(coded=True)[0]
    except (nib.spatialimages.HeaderDataError, ValueError):  # a qform that is none: nothing to compare
        return None
    if qform is None or sform is None:
        return None
    apart = farthest_mm(_in_mm(header, qform), _in_mm(header, sform), shape)
    if not apart > DISAGREE_MM:
        return None
    return f"the header's qform and sform put voxels up to {apart:.0f} mm apart; the sform counts."


def _in_mm(header: Any, affine: np.ndarray) -> np.ndarray:
    scale = MM_PER_UNIT.get(int(header["xyzt_units"]) & SPACE_UNIT, 1.0)
    return np.diag([scale, scale, scale, 1.0]) @ affine
