"""The paper's model: one encoder a modality, dual attention, and a primary modality that guides the others.

D. Xu, X. Wang, J. Cai, P.-A. Heng, Cross-modality Guidance-aided Multi-modal Learning with Dual Attention for MRI Brain
Tumor Grading, arXiv 2401.09029.
"""

from __future__ import annotations

from typing import Any

from plugins import WEIGHTS
from zoo import MODALITIES, Card, ModelSpec, Phase, Recipe, hookimpl

PRIMARY = "t1ce"
COMPACT = {"width": 16, "blocks": 1, "slice_stride": 2, "norm": "group"}
PAPER = {"width": 64, "blocks": 2, "slice_stride": 1, "norm": "batch"}
PAPER_RECIPE = Recipe(shape=(64, 128, 128), spacing=(2.5, 1.5, 1.5))
REFERENCE = "Xu et al., arXiv 2401.09029; published AUC 0.985 (BraTS2018) and 0.966 (BraTS2019), not of these weights"
# Cumulative learning: the primary alone, then the secondaries join while the primary learns slowly.
PHASES = (
    Phase("primary", (PRIMARY,), share=0.4),
    Phase("all", MODALITIES, share=0.6, rates={f"encoders.{PRIMARY}": 0.1}),
)


@hookimpl
def register_models() -> list[ModelSpec]:
    compact = Card(
        summary="The paper's model with 1.4 instead of 46 million parameters: width 16, one block a stage.",
        reference=REFERENCE,
        intended_use="Research on guided fusion; the headline model of this zoo.",
        limits="Its weights are trained on simulated gliomas and have seen no patient. Expects adult pre-operative "
        "gliomas, co-registered and skull-stripped as in BraTS; knows nothing of other diseases.",
    )
    paper = Card(
        summary="The paper's model at full size: four RMC encoders of width 64, 46 million parameters.",
        reference=REFERENCE,
        intended_use="To be trained on your own data, on a GPU.",
        limits="No weights are supplied.",
    )
    return [
        _spec("compact", "Guided dual attention", COMPACT, Recipe(), compact),
        _spec("paper", "Guided dual attention, full size", PAPER, PAPER_RECIPE, paper),
    ]


def build(**options: Any) -> Any:
    from plugins.guided_dual_attention.network import GuidedDualAttention

    return GuidedDualAttention(**options)


def _spec(preset: str, title: str, options: dict[str, Any], recipe: Recipe, card: Card) -> ModelSpec:
    model_id = f"guided-dual-attention.{preset}"
    return ModelSpec(
        id=model_id,
        title=title,
        family="guided dual attention",
        needs=(PRIMARY,),
        uses=MODALITIES,
        build=build,
        options={"primary": PRIMARY, **options},
        recipe=recipe,
        cam_layers={name: f"encoders.{name}.layer2" for name in MODALITIES},
        phases=PHASES,
        card=card,
        weights=WEIGHTS / f"{model_id}.safetensors",
    )
