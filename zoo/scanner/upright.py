"""How a head has to be turned to stand square to a common brain: by a rigid motion, without a warp."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from zoo.assets.references import load_references
from zoo.scanner.raw_scan import RawScan
from zoo.scanner.registration import COARSE, MIDDLE, search
from zoo.scanner.scan_pyramid import ScanPyramid
from zoo.types import MODALITIES, Recipe

COMMON = Recipe(shape=(60, 72, 56), spacing=(MIDDLE.cube_mm,) * 3)


def upright(scan: RawScan, brain: np.ndarray, modality: str) -> np.ndarray:
    """Find the motion from a common brain's world to that of a scan, float64 [4, 4].

    brain: [x, y, z] on the scan's grid, 1 within and 0 around it. The common brain is the mean of the reference brains,
    each of which is turned by some degrees of its own, as is whoever is laid on it.
    """
    stripped = ScanPyramid.of(RawScan(scan.voxels * brain, scan.affine))
    found, _ = search(_common_brain(modality), stripped, (COARSE, MIDDLE))
    return found


@lru_cache(maxsize=len(MODALITIES))
def _common_brain(modality: str) -> ScanPyramid:
    """The mean of the reference brains, white matter 1 and background 0; the middle is where the world begins."""
    mean = load_references(COMMON)[:, MODALITIES.index(modality)].mean(axis=0) + 1
    affine = np.diag([MIDDLE.cube_mm] * 3 + [1.0])
    affine[:3, 3] = -MIDDLE.cube_mm * (np.array(mean.shape[::-1]) - 1) / 2
    return ScanPyramid(RawScan(mean.T, affine))
