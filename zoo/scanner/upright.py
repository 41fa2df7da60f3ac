"""How a head has to be turned to stand square to a common brain: by a rigid motion, without a warp."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from zoo.assets.references import read_reference
from zoo.scanner.raw_scan import RawScan
from zoo.scanner.registration import COARSE, MIDDLE, search
from zoo.types import MODALITIES


def upright(scan: RawScan, brain: np.ndarray, modality: str) -> np.ndarray:
    """Find the motion from a common brain's world to that of a scan, float64 [4, 4].

    brain: bool [x, y, z] on the scan's grid. The common brain is a simulated one without a tumour; two persons' brains
    lie on each other within some degrees, which is as square as a head on an atlas gets.
    """
    stripped = RawScan(scan.voxels * brain, scan.affine).clipped()
    found, _ = search(_common_brain(modality), stripped, (COARSE, MIDDLE))
    return found


@lru_cache(maxsize=len(MODALITIES))
def _common_brain(modality: str) -> RawScan:
    volumes = read_reference()
    return RawScan(volumes.data[MODALITIES.index(modality)], volumes.affine).clipped()
