"""How large tumours are, and of which shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy import ndimage
from scipy.stats import ks_2samp

from .study import NormalisedStudy

SMALLEST_PART_ML = 0.1


def measure_shape(study: NormalisedStudy) -> dict[str, float]:
    """Measure volumes in ml, shares of volumes, sphericity (1 for a ball), number of parts; the study needs a mask."""
    assert study.regions is not None, f"{study.case.id}: expected a study with a mask, found none."
    core, _, enhancing = study.regions
    whole = study.tumour
    whole_ml, core_ml, enhancing_ml = (
        float(mask.sum()) * study.voxel_ml for mask in (whole, core | enhancing, enhancing)
    )
    return {
        "whole_ml": whole_ml,
        "core_ml": core_ml,
        "enhancing_ml": enhancing_ml,
        "core_of_whole": core_ml / max(whole_ml, study.voxel_ml),
        "enhancing_of_core": enhancing_ml / max(core_ml, study.voxel_ml),
        "sphericity": sphericity(whole),
        "parts": float(count_parts(whole, SMALLEST_PART_ML / study.voxel_ml)),
    }


def sphericity(mask: np.ndarray) -> float:
    """Surface of the ball of the same volume over the surface of bool [D, H, W]; 0 for an empty one.

    Voxel faces exceed a smooth surface by 3/2 on average over its directions (Cauchy's formula).
    """
    padded = np.pad(mask, 1)
    faces = sum(np.count_nonzero(np.diff(padded, axis=axis)) for axis in range(3))
    ball = np.pi ** (1 / 3) * (6 * np.count_nonzero(mask)) ** (2 / 3)
    return float(ball / (faces / 1.5)) if faces else 0.0


def count_parts(mask: np.ndarray, smallest: float) -> int:
    """Connected parts of bool [D, H, W] that have at least `smallest` voxels."""
    parts, _ = ndimage.label(mask, np.ones((3, 3, 3)))
    return int((np.bincount(parts.ravel())[1:] >= smallest).sum())


def compare_facts(real: Sequence[Mapping[str, float]], simulated: Sequence[Mapping[str, float]]) -> dict[str, Any]:
    """Compare each fact: Kolmogorov–Smirnov distance and its p, with the values of all cases."""
    return {name: _compare([one[name] for one in real], [one[name] for one in simulated]) for name in real[0]}


def _compare(real: Sequence[float], simulated: Sequence[float]) -> dict[str, Any]:
    test = ks_2samp(real, simulated)
    return {
        "distance": float(test.statistic),
        "p": float(test.pvalue),
        "real": sorted(real),
        "simulated": sorted(simulated),
    }
