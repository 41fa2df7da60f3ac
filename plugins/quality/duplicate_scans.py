"""Check that every slot holds a scan of its own: one file in two slots would be compared with itself."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from zoo import MODALITIES, MODALITY_TITLES, Finding, Volumes


def check(volumes: Volumes) -> list[Finding]:
    scans = dict(zip(MODALITIES, volumes.data, strict=True))
    same = [
        f"{MODALITY_TITLES[first]} and {MODALITY_TITLES[second]}"
        for first, second in combinations(volumes.modalities, 2)
        if _same(scans[first], scans[second])
    ]
    if not same:
        return []
    return [Finding("refusal", f"{', '.join(same)} are the same image; expected a scan of its own for each modality.")]


def _same(scan: np.ndarray, other: np.ndarray) -> bool:
    """Whether two scans are equal, asked of their middle slices first: most differ there."""
    middle = scan.shape[2] // 2
    return np.array_equal(scan[..., middle], other[..., middle]) and np.array_equal(scan, other)
