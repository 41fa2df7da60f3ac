"""Check that intensities begin at 0, as scanners give them: a scan that was standardised has lost where its 0 was.

Its share of brain below 0 tells it. To guess the 0 that was, from the darkest voxel or from what is usual, moves the
probability by up to 0.25 in simulated studies and 0.19 in real ones, so that none is graded.
"""

from __future__ import annotations

import numpy as np

from zoo import MODALITIES, MODALITY_TITLES, Finding, Volumes

SLICE = 4  # of so many one is looked at
BELOW_ZERO = 0.1  # of a scan's brain: half where it was standardised, 1 in 100 where splines rang


def check(volumes: Volumes) -> list[Finding]:
    shares = {name: _share_below_zero(volumes.data[MODALITIES.index(name)]) for name in volumes.modalities}
    odd = {name: share for name, share in shares.items() if share > BELOW_ZERO}
    if not odd:
        return []
    found = ", ".join(f"{MODALITY_TITLES[name]} {share:.0%}" for name, share in odd.items())
    others = "" if len(odd) == len(shares) else ", unlike the other scans"
    return [
        Finding(
            "refusal",
            f"standardised intensities{others}: expected a brain above 0, found below it of {found}. Where 0 was can't "
            "be told any more; give each scan as it was before z-scoring.",
        )
    ]


def _share_below_zero(scan: np.ndarray) -> float:
    """Return the share below 0 of the voxels of a scan, float32 [x, y, z], that aren't background: 0 to 1."""
    some = scan[..., ::SLICE]
    return np.count_nonzero(some < 0) / (np.count_nonzero(some) or 1)
