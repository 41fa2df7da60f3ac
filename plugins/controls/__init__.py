"""Controls: graders that know almost nothing. A network that doesn't beat them adds nothing."""

from __future__ import annotations

from typing import Any

from plugins import WEIGHTS
from zoo import MODALITIES, Card, ModelSpec, hookimpl

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
        _spec("delta-control", "Enhancing volume (control)", ("t1", "t1ce", "flair"), None, build_delta, delta),
    ]


def build_volume(**options: Any) -> Any:
    from plugins.controls.network import VolumeControl

    return VolumeControl(**options)


def build_delta(**options: Any) -> Any:
    from plugins.controls.network import DeltaControl

    return DeltaControl(**options)


def _spec(
    name: str, title: str, needs: tuple[str, ...], uses: tuple[str, ...] | None, build: Any, card: Card
) -> ModelSpec:
    model_id = f"{name}.compact"
    return ModelSpec(
        id=model_id,
        title=title,
        family="control",
        needs=needs,
        uses=uses or needs,
        build=build,
        options={"voxel_ml": 0.016},
        differentiable=False,
        card=card,
        weights=WEIGHTS / f"{model_id}.safetensors",
    )
