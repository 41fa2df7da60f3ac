"""Controls: graders that know almost nothing. A network that doesn't beat them adds nothing."""

from __future__ import annotations

import math
from typing import Any

from zoo import MODALITIES, Card, ModelSpec, Recipe, hookimpl

from .. import WEIGHTS

DELTA_NEEDS = ("t1", "t1ce", "flair")
LIMITS = "A yardstick, not a grader: it can't know what matters. Expects skull-stripped, co-registered scans."


@hookimpl
def register_models() -> list[ModelSpec]:
    volume = Card(
        summary="Volume, extent and surface of the brain mask in one logistic regression: no intensity is seen.",
        reference="Control for what the outline of a brain gives away",
        intended_use="To show how far a grader gets that can't see the tumour.",
        limits=LIMITS,
    )
    delta = Card(
        summary="Volume where T1ce exceeds T1 by 0.35 of white matter inside the FLAIR-bright region, one logistic.",
        reference="Control without learned features: enhancement as radiologists see it",
        intended_use="To show how far a single measurement gets.",
        limits=LIMITS,
    )
    return [
        _spec("volume-control", "Brain volume (control)", (), MODALITIES, build_volume, volume),
        _spec("delta-control", "Enhancing volume (control)", DELTA_NEEDS, DELTA_NEEDS, build_delta, delta),
    ]


def build_volume(**options: Any) -> Any:
    from .network import VolumeControl

    return VolumeControl(**options)


def build_delta(**options: Any) -> Any:
    from .network import DeltaControl

    return DeltaControl(**options)


def _spec(name: str, title: str, needs: tuple[str, ...], uses: tuple[str, ...], build: Any, card: Card) -> ModelSpec:
    model_id, recipe = f"{name}.compact", Recipe()
    return ModelSpec(
        id=model_id,
        title=title,
        family="control",
        needs=needs,
        uses=uses,
        build=build,
        options={"voxel_ml": math.prod(recipe.spacing) / 1000},
        recipe=recipe,
        differentiable=False,
        card=card,
        weights=WEIGHTS / f"{model_id}.safetensors",
    )
