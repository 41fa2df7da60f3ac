"""How much of a map lies in the true lesion: where a model looks, which need not be why it grades as it does."""

from __future__ import annotations

import numpy as np


def localise(values: np.ndarray, lesion: np.ndarray, scored: np.ndarray) -> dict[str, float | None]:
    """Locate |attribution| as the explainer gave it, not smoothed.

    values: float32 [4, D, H, W]; lesion: bool [D, H, W]; scored: bool [4, D, H, W], the voxels that count. ratio:
    attribution a voxel inside the lesion ÷ outside; None where there is none outside. share: part of the attribution
    inside. hit: 1 where the largest lies inside (the pointing game of Zhang et al. 2016, arXiv 1608.00507, without
    tolerance), else 0.
    """
    size = np.abs(values[scored]).astype(np.float64)
    inside = np.broadcast_to(lesion, values.shape)[scored]
    within, without = size[inside], size[~inside]
    if not size.any():
        return {"ratio": None, "share": 0.0, "hit": 0.0}
    return {
        "ratio": float(within.mean() / without.mean()) if without.any() else None,
        "share": float(within.sum() / size.sum()),
        "hit": float(inside[size.argmax()]),
    }
