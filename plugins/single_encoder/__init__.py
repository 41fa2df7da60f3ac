"""One ResNet-Mixed-Convolution encoder: over a single modality, or over all four as channels (early fusion)."""

from __future__ import annotations

from typing import Any

from plugins import WEIGHTS
from zoo import MODALITIES, Card, ModelSpec, Phase, hookimpl

COMPACT = {"width": 16, "blocks": 1, "slice_stride": 2}
LIMITS = (
    "Weights trained on simulated gliomas have seen no patient. Expects adult pre-operative gliomas, co-registered "
    "and skull-stripped as in BraTS; knows nothing of other diseases."
)


@hookimpl
def register_models() -> list[ModelSpec]:
    return [
        _spec(
            "single-t1ce",
            "T1ce alone",
            ("t1ce",),
            Card(
                summary="One compact RMC encoder that sees T1ce only: the uni-modal baseline of the paper.",
                reference="Xu et al., arXiv 2401.09029, uni-modal rows; MC3-18 of Tran et al., arXiv 1711.11248",
                intended_use="Baseline: what the best single modality can do.",
                limits=LIMITS,
            ),
        ),
        _spec(
            "early-fusion",
            "Early fusion",
            MODALITIES,
            Card(
                summary="One compact RMC encoder whose first convolution sees the four modalities as channels.",
                reference="Pixel-level fusion; MC3-18 of Tran et al., arXiv 1711.11248",
                intended_use="Baseline: fusion without any structure.",
                limits=LIMITS,
            ),
        ),
    ]


def build(**options: Any) -> Any:
    from plugins.single_encoder.network import SingleEncoderGrader

    return SingleEncoderGrader(**options)


def _spec(name: str, title: str, modalities: tuple[str, ...], card: Card) -> ModelSpec:
    model_id = f"{name}.compact"
    return ModelSpec(
        id=model_id,
        title=title,
        family="single encoder",
        needs=modalities,
        uses=modalities,
        build=build,
        options={"modalities": modalities, **COMPACT},
        cam_layers=dict.fromkeys(modalities, "encoder.layer2"),
        phases=(Phase("all", modalities),),
        card=card,
        weights=WEIGHTS / f"{model_id}.safetensors",
    )
