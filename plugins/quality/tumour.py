"""Check that there is a tumour: where models that are taught where tumours are find none, no grade has a meaning.

The guided model and the U-Net both have to be sure, since either may take a healthy brain's own for one. On simulated
brains, 48 without a tumour and 96 with one, half of either changed as other scanners would, the lower of what both are
as sure of in 2.5 ml is 0.36 at most without one and 0.76 at least with one, but for a single 0.19; by the guided model
alone, 0.64 and 0.76. It is a warning: a faint or small tumour may be missed.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch

from zoo import MODALITIES, Finding, Volumes, WeightsError
from zoo.blocks import cached_activations
from zoo.inference.segment import region_logits
from zoo.registry.built_in import built_in_model
from zoo.study.prepare import Prepare
from zoo.study.resample import finer_voxels
from zoo.types.roles import SEGMENTER, TUMOUR_FINDER
from zoo.weights.load import TrainedModel, load_weights

FINDERS = (TUMOUR_FINDER, SEGMENTER)
SURE_ENOUGH, LEAST_ML = 0.7, 2.5


def check(volumes: Volumes, prepare: Prepare) -> list[Finding]:
    known = [score for name in FINDERS if (score := surest_score(volumes, prepare, name)) is not None]
    if min(known, default=1.0) >= SURE_ENOUGH:
        return []
    return [
        Finding(
            "warning",
            f"No tumour was found for sure (score {min(known):.2f}, expected {SURE_ENOUGH} or more). The models "
            "know gliomas only: of a healthy brain or another disease their grade means nothing.",
        )
    ]


def surest_score(volumes: Volumes, prepare: Prepare, finder: str) -> float | None:
    """Return how sure a finder is of a tumour, 0 to 1, in `LEAST_ML` or more; None where it can't look."""
    found = scores(volumes, prepare, finder=finder)
    if found is None:
        return None
    cell_ml = abs(float(np.linalg.det(found.affine[:3, :3]))) / 1000
    place = min(max(1, round(LEAST_ML / cell_ml)), found.by_voxel.size)
    return float(np.partition(found.by_voxel, -place, axis=None)[-place])


@dataclass(frozen=True)
class Scores:
    """How sure the finder is of a tumour, 0 to 1: float32 [D, H, W]. affine: its voxels to the world, [4, 4]."""

    by_voxel: np.ndarray
    affine: np.ndarray


def scores(
    volumes: Volumes, prepare: Prepare, without: Collection[str] = (), finder: str = TUMOUR_FINDER
) -> Scores | None:
    """Let a finder look at a study; None where it can't. without: scans that it shall not see, if it needs them not.

    What it prepares and encodes is there for the models that grade next, of which it is one.
    """
    model = _finder(finder)
    if model is None or not set(model.spec.needs) <= set(volumes.modalities):
        return None
    given = prepare(volumes, model.spec.recipe)
    hidden = set(without) - set(model.spec.needs)
    present = torch.from_numpy(given.present & [name not in hidden for name in MODALITIES])
    with cached_activations(model.module):
        found = region_logits(model, torch.from_numpy(given.x), present)
    assert found is not None
    by_voxel = found[0].amax(dim=0).sigmoid().numpy()
    factors = [wide // narrow for wide, narrow in zip(given.x.shape[2:], by_voxel.shape, strict=True)]
    return Scores(by_voxel, given.affine @ np.linalg.inv(finer_voxels(factors)))


@lru_cache(maxsize=len(FINDERS))
def _finder(name: str) -> TrainedModel | None:
    try:
        return load_weights(built_in_model(name))
    except WeightsError:
        return None
