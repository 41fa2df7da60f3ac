"""What tissues look like: intensities in tumour regions and outside them, real beside simulated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy.stats import wasserstein_distance

from zoo import MODALITIES

from .study import LABELS, NormalisedStudy

REGIONS = (*LABELS, "outside")
CHANNELS = (*MODALITIES, "delta")
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
VOXELS = 2000  # of a region and a case, so that no large tumour outweighs the others
DRAWS = 10

Samples = Mapping[str, np.ndarray]
"""Samples of one case: intensities [5, n] as in `CHANNELS`, by region; n is 0 where it has no such region."""


def sample_regions(study: NormalisedStudy, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Draw at most `VOXELS` of each region, in units of white matter; the study needs a mask."""
    assert study.regions is not None, f"{study.case.id}: expected a study with a mask, found none."
    channels = np.stack([*study.images, study.delta])
    inside = dict(zip(LABELS, study.regions, strict=True)) | {"outside": study.brain & ~study.tumour}
    samples = {}
    for region, mask in inside.items():
        found = np.flatnonzero(mask)
        drawn = rng.choice(found, min(VOXELS, len(found)), replace=False)
        samples[region] = channels.reshape(len(channels), -1)[:, drawn]
    return samples


def pooled(samples: Sequence[Samples], region: str) -> np.ndarray:
    """Pool a region's intensities over all cases, [5, n]."""
    return np.concatenate([one[region] for one in samples], axis=1)


def compare_intensities(real: Sequence[Samples], simulated: Sequence[Samples], seed: int) -> dict[str, Any]:
    """Compare by region and channel: Wasserstein distance in units of white matter, and both sides' quantiles.

    `floor` is the mean distance of as many simulated cases as there are real ones to the other simulated ones: what
    so few cases leave open. None where there is nothing to compare.
    """
    return {
        region: {
            channel: _compare(real, simulated, region, row, np.random.default_rng(seed))
            for row, channel in enumerate(CHANNELS)
        }
        for region in REGIONS
    }


def _compare(real, simulated, region: str, row: int, rng: np.random.Generator) -> dict[str, Any]:
    ours, theirs = pooled(simulated, region)[row], pooled(real, region)[row]
    return {
        "distance": _distance(theirs, ours),
        "floor": _floor(simulated, len(real), region, row, rng),
        "real": _quantiles(theirs),
        "simulated": _quantiles(ours),
    }


def _floor(simulated, few: int, region: str, row: int, rng: np.random.Generator) -> float | None:
    if len(simulated) < 2 * few:
        return None
    distances = []
    for _ in range(DRAWS):
        order = rng.permutation(len(simulated))
        parts = [pooled([simulated[i] for i in part], region)[row] for part in (order[:few], order[few:])]
        distances.append(_distance(*parts))
    known = [distance for distance in distances if distance is not None]
    return float(np.mean(known)) if known else None


def _distance(one: np.ndarray, other: np.ndarray) -> float | None:
    return float(wasserstein_distance(one, other)) if len(one) and len(other) else None


def _quantiles(values: np.ndarray) -> list[float] | None:
    return np.quantile(values, QUANTILES).tolist() if len(values) else None
