"""Check by its volume that a brain is without its skull, which makes it larger, and whole: a fragment is smaller."""

from __future__ import annotations

import numpy as np

from zoo import Finding, Volumes

BRAIN_LITRES = (0.8, 2.0)


def check(volumes: Volumes) -> list[Finding]:
    voxel_ml = abs(np.linalg.det(volumes.affine[:3, :3])) / 1000
    litres = volumes.brain.sum() * voxel_ml / 1000
    low, high = BRAIN_LITRES
    if low <= litres <= high:
        return []
    return [
        Finding(
            "refusal",
            f"expected a skull-stripped brain of {low} to {high} litres on a background of 0, found {litres:.2f} "
            "litres. Strip the skull (for example with HD-BET) and check the voxel size.",
        )
    ]
