"""One ResNet-Mixed-Convolution encoder: over a single modality, or over all four as channels (early fusion)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from zoo import MODALITIES, MODALITY_TITLES, Card, ModelSpec, Phase, hookimpl

from .. import COMPACT_ENCODER, FROZEN, LIMITS, WEIGHTS

STARTED_SHARE, FUSION_EPOCHS = 0.3, 2.0
MC3 = "MC3-18 of Tran et al., arXiv 1711.11248"


@hookimpl
def register_models() -> list[ModelSpec]:
    return [*(_single(name) for name in MODALITIES), _single_with_attention(), _early_fusion()]


def build(**options: Any) -> Any:
    from .network import SingleEncoderGrader

    return SingleEncoderGrader(**options)


def _single(modality: str) -> ModelSpec:
    title = MODALITY_TITLES[modality]
    card = Card(
        summary=f"One compact RMC encoder that sees {title} only: a uni-modal baseline of the paper.",
        reference=f"Xu et al., arXiv 2401.09029, uni-modal rows; {MC3}",
        intended_use="Baseline: what one modality can do.",
        limits=LIMITS,
    )
    return _spec(f"single-{modality}", f"{title} alone", (modality,), card)


def _single_with_attention() -> ModelSpec:
    card = Card(
        summary="One compact RMC encoder on T1ce with attention over slices and over positions.",
        reference=f"Xu et al., arXiv 2401.09029, experiment on dual attention; {MC3}; DANet, Fu et al. 2019",
        intended_use="Baseline: what dual attention adds to the best single modality.",
        limits=LIMITS,
    )
    spec = _spec("single-t1ce-attention", "T1ce alone, dual attention", ("t1ce",), card, attention="dual")
    phases = (Phase("all", ("t1ce",), STARTED_SHARE, {"encoder": FROZEN}),)
    attention = ("slices", "positions")
    return replace(spec, phases=phases, encoders_from={"encoder": "single-t1ce.compact"}, attention=attention)


def _early_fusion() -> ModelSpec:
    card = Card(
        summary="One compact RMC encoder whose first convolution sees the four modalities as channels.",
        reference=f"Pixel-level fusion; {MC3}",
        intended_use="Baseline: fusion without any structure.",
        limits=LIMITS,
    )
    return replace(_spec("early-fusion", "Early fusion", MODALITIES, card), epochs_factor=FUSION_EPOCHS)


def _spec(name: str, title: str, modalities: tuple[str, ...], card: Card, attention: str = "none") -> ModelSpec:
    """Describe one encoder: half of the epochs teach regions, half all."""
    model_id = f"{name}.compact"
    return ModelSpec(
        id=model_id,
        title=title,
        family="single encoder",
        needs=modalities,
        uses=modalities,
        build=build,
        options={"modalities": modalities, **COMPACT_ENCODER, "attention": attention},
        cam_layers=dict.fromkeys(modalities, "encoder.layer2"),
        phases=(
            Phase("regions", modalities, 0.5, patches=True),
            Phase("all", modalities, 0.5),
        ),
        card=card,
        weights=WEIGHTS / f"{model_id}.safetensors",
    )
