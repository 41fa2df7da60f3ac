"""How bright the fluid in the ventricles is on each scan: dark on T1 and FLAIR and bright on T2, in any head.

Where it is comes from the common brain, and more exactly from the study's own T1 and T2. Brightness is a rank within
the interior, so that it needs no scale, and no tumour, however bright, weighs more than its volume.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from zoo import MODALITIES

from .common_brain import common_brain
from .grid import Coarse

SURENESS = 3  # power of the common brain's share of fluid: near the ventricles' middle
OWN_SURENESS = 6  # power of a voxel's rank on the study's own T1 and T2


def ranks(coarse: Coarse, names: Sequence[str]) -> dict[str, np.ndarray]:
    """Rank of each voxel, 0 darkest to 1 brightest, of the interior that the common brain shares: [voxels] by name."""
    inside = coarse.interior & common_brain().brain
    return {name: _rank(coarse.images[MODALITIES.index(name)][inside]) for name in names}


def likely_fluid(coarse: Coarse, own: Mapping[str, np.ndarray] | None = None) -> np.ndarray:
    """How likely each voxel of `ranks` is fluid, up to a factor: [voxels]. own: ranks on the study's T1 and T2."""
    likely = common_brain().fluid[coarse.interior & common_brain().brain] ** SURENESS
    own = own or {}
    if "t1" in own:
        likely = likely * (1 - own["t1"]) ** OWN_SURENESS
    if "t2" in own:
        likely = likely * own["t2"] ** OWN_SURENESS
    return likely


def brightness(rank: np.ndarray, likely: np.ndarray) -> float:
    """Mean rank of what is likely fluid, 0 to 1; 0.5 where there is none."""
    return float(likely @ rank / likely.sum()) if likely.any() else 0.5


def _rank(values: np.ndarray) -> np.ndarray:
    rank = np.empty(len(values))
    rank[values.argsort()] = np.linspace(0, 1, len(values))
    return rank
