"""Fusion of features: one encoder a modality; then concatenation, gates, a transformer over modalities, or moments."""

from __future__ import annotations

from typing import Any

from zoo import MODALITIES, Card, ModelSpec, Phase, hookimpl

from .. import COMPACT_ENCODER, FROZEN, LIMITS, WEIGHTS

STARTED_SHARE, MODALITY_DROPOUT = 0.3, 0.3


@hookimpl
def register_models() -> list[ModelSpec]:
    return [
        _spec(
            "feature-concat",
            "Feature concatenation",
            "concat",
            Card(
                summary="Four compact RMC encoders whose pooled features stand side by side before one linear layer.",
                reference="Feature-level fusion; MC3-18 of Tran et al., arXiv 1711.11248",
                intended_use="Baseline: four encoders without guidance or attention.",
                limits=LIMITS,
            ),
        ),
        _spec(
            "gated-fusion",
            "Gated fusion",
            "gated",
            Card(
                summary="Four compact RMC encoders; a gate a modality, computed from all, weighs what each has to say.",
                reference="Gated multimodal unit, Arevalo et al. 2017, arXiv 1702.01992",
                intended_use="Baseline: fusion that can turn a modality down for one study.",
                limits=LIMITS,
            ),
        ),
        _spec(
            "modality-transformer",
            "Modality transformer",
            "transformer",
            Card(
                summary="Four compact RMC encoders make one token a modality; a transformer with a class token grades.",
                reference="After TransMed, Dai et al. 2021, arXiv 2103.05940",
                intended_use="Baseline: fusion by attention between modalities.",
                limits=LIMITS,
            ),
        ),
        _spec(
            "hemis-fusion",
            "HeMIS fusion",
            "moments",
            Card(
                summary="Grades any subset of modalities: mean and variance over those that are there.",
                reference="HeMIS, Havaei et al. 2016, arXiv 1607.05194",
                intended_use="Studies that lack a modality; baseline for the robustness to that.",
                limits=LIMITS,
            ),
            any_subset=True,
        ),
    ]


def build(**options: Any) -> Any:
    from .network import FeatureFusionGrader

    return FeatureFusionGrader(**options)


def _spec(name: str, title: str, fusion: str, card: Card, any_subset: bool = False) -> ModelSpec:
    model_id = f"{name}.compact"
    return ModelSpec(
        id=model_id,
        title=title,
        family="feature fusion",
        needs=() if any_subset else MODALITIES,
        uses=MODALITIES,
        build=build,
        options={"fusion": fusion, **COMPACT_ENCODER},
        cam_layers={modality: f"encoders.{modality}.layer2" for modality in MODALITIES},
        phases=(
            Phase("all", MODALITIES, STARTED_SHARE, {"encoders": FROZEN}, MODALITY_DROPOUT if any_subset else 0.0),
        ),
        encoders_from={f"encoders.{modality}": f"single-{modality}.compact" for modality in MODALITIES},
        card=card,
        weights=WEIGHTS / f"{model_id}.safetensors",
    )
