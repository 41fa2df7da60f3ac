"""Check that there is a tumour: where the guided model, taught where tumours are, finds none, no grade has a meaning.

The limit was set on simulated brains with and without a tumour, and is a warning: a faint tumour may be missed.
"""

from __future__ import annotations

from functools import lru_cache

import torch

from zoo import Finding, Volumes, WeightsError
from zoo.blocks import REGIONS_OUTPUT, OneDNNConvolutions, SupportsAuxiliary, cached_activations
from zoo.registry.built_in import built_in_model
from zoo.study.prepare import Prepare
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
    """Return how sure the finder is of a tumour, 0 to 1, at its surest place; None where it can't look.

    What it prepares and encodes is there for the models that grade next, of which it is one.
    """
    finder = _finder()
    if finder is None or not set(finder.spec.needs) <= set(volumes.modalities):
        return None
    assert isinstance(finder.module, SupportsAuxiliary)
    seen = prepare(volumes, finder.spec.recipe)
    with torch.inference_mode(), OneDNNConvolutions(), cached_activations(finder.module):
        _, found = finder.module.grade_and_auxiliary(torch.from_numpy(seen.x), torch.from_numpy(seen.present))
    return float(found[REGIONS_OUTPUT].max().sigmoid())


@lru_cache(maxsize=1)
def _finder() -> TrainedModel | None:
    try:
        return load_weights(built_in_model(TUMOUR_FINDER))
    except WeightsError:
        return None
