"""Check that there is a tumour: where the guided model, taught where tumours are, finds none, no grade has a meaning.

The limit was set on simulated brains with and without a tumour, and is a warning: a faint tumour may be missed.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch

from zoo import MODALITIES, Finding, Volumes, WeightsError
from zoo.blocks import REGIONS_OUTPUT, OneDNNConvolutions, SupportsAuxiliary, cached_activations
from zoo.registry.built_in import built_in_model
from zoo.study.prepare import Prepare
from zoo.study.resample import finer_voxels
from zoo.types.roles import TUMOUR_FINDER
from zoo.weights.load import TrainedModel, load_weights

SURE_ENOUGH = 0.8


def check(volumes: Volumes, prepare: Prepare) -> list[Finding]:
    score = highest_score(volumes, prepare)
    if score is None or score >= SURE_ENOUGH:
        return []
    return [
        Finding(
            "warning",
            f"No tumour was found for sure (highest score {score:.2f}, expected {SURE_ENOUGH} or more). The models "
            "know gliomas only: of a healthy brain or another disease their grade means nothing.",
        )
    ]


def highest_score(volumes: Volumes, prepare: Prepare) -> float | None:
    """Return how sure the finder is of a tumour, 0 to 1, at its surest place; None where it can't look."""
    found = scores(volumes, prepare)
    return None if found is None else float(found.by_voxel.max())


@dataclass(frozen=True)
class Scores:
    """How sure the finder is of a tumour, 0 to 1: float32 [D, H, W]. affine: its voxels to the world, [4, 4]."""

    by_voxel: np.ndarray
    affine: np.ndarray


def scores(volumes: Volumes, prepare: Prepare, without: Collection[str] = ()) -> Scores | None:
    """Let the finder look at a study; None where it can't. without: scans that it shall not see, if it needs them not.

    What it prepares and encodes is there for the models that grade next, of which it is one.
    """
    finder = _finder()
    if finder is None or not set(finder.spec.needs) <= set(volumes.modalities):
        return None
    assert isinstance(finder.module, SupportsAuxiliary)
    given = prepare(volumes, finder.spec.recipe)
    hidden = set(without) - set(finder.spec.needs)
    present = torch.from_numpy(given.present & [name not in hidden for name in MODALITIES])
    with torch.inference_mode(), OneDNNConvolutions(), cached_activations(finder.module):
        _, found = finder.module.grade_and_auxiliary(torch.from_numpy(given.x), present)
    by_voxel = found[REGIONS_OUTPUT][0].amax(dim=0).sigmoid().numpy()
    factors = [wide // narrow for wide, narrow in zip(given.x.shape[2:], by_voxel.shape, strict=True)]
    return Scores(by_voxel, given.affine @ np.linalg.inv(finer_voxels(factors)))


@lru_cache(maxsize=1)
def _finder() -> TrainedModel | None:
    try:
        return load_weights(built_in_model(TUMOUR_FINDER))
    except WeightsError:
        return None
