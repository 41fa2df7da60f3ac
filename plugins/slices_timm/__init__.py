"""A grader that sees slice by slice through an image backbone of timm, then attends to the slices (2.5-D)."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from zoo import MODALITIES, Card, ModelSpec, Phase, hookimpl

from .. import LIMITS, WEIGHTS

COMPACT = {"backbone": "mobilenetv3_small_100", "pretrained": False, "attention_width": 64}
CAM_LAYER = "backbone.blocks.1"  # cells of 16 mm; the later ones are coarser
CARD = Card(
    summary="A 2-D image network sees each axial slice, the modalities as channels; gated attention pools the slices.",
    reference="Attention pooling of Ilse et al. 2018, arXiv 1802.04712; backbones of timm (MobileNetV3, Howard 2019)",
    intended_use="Baseline: what image networks do without 3-D convolutions; any timm backbone can take the place.",
    limits=LIMITS,
)


@hookimpl
def register_models() -> list[ModelSpec]:
    return [_spec(COMPACT)]


def build(**options: Any) -> Any:
    from .network import SliceGrader

    return SliceGrader(**options)


def _spec(options: dict[str, Any]) -> ModelSpec:
    """Describe a grader; with another backbone it has no class-activation map, as its layers have other names."""
    own_backbone = options["backbone"] == COMPACT["backbone"]
    return ModelSpec(
        id="slices-timm.compact",
        title="Slices through MobileNetV3",
        family="slices",
        needs=MODALITIES,
        uses=MODALITIES,
        build=build,
        options=options,
        cam_layers=dict.fromkeys(MODALITIES, CAM_LAYER) if own_backbone else {},
        attention=("slices",),
        phases=(Phase("all", MODALITIES),),
        card=CARD,
        weights=WEIGHTS / "slices-timm.compact.safetensors",
        vary=partial(_varied, options),
    )


def _varied(options: dict[str, Any], **changes: Any) -> ModelSpec:
    return replace(_spec({**options, **changes}), weights=None)
