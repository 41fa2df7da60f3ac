"""The paper's model: one encoder a modality, dual attention, and a primary modality that guides the others.

D. Xu, X. Wang, J. Cai, P.-A. Heng, Cross-modality Guidance-aided Multi-modal Learning with Dual Attention for MRI Brain
Tumor Grading, arXiv 2401.09029.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from functools import partial
from typing import Any

from zoo import Card, ModelSpec, Phase, Recipe, hookimpl

from .. import COMPACT_ENCODER, FROZEN, LIMITS, WEIGHTS
from .options import GuidedOptions

COMPACT = GuidedOptions(**COMPACT_ENCODER, norm="group", evidence="regions", donor_grid=(20, 6, 5))
PAPER = GuidedOptions()
PAPER_RECIPE = Recipe(shape=(64, 128, 128), spacing=(2.5, 1.5, 1.5))
PRIMARY_SHARE, STARTED_SHARE, LEARNED_RATE, MODALITY_DROPOUT = 0.4, 0.15, 0.1, 0.3
ATTENTION = {"dual": ("slices", "positions"), "slice": ("slices",), "spatial": ("positions",), "none": ()}
REFERENCE = "Xu et al., arXiv 2401.09029; published AUC 0.985 (BraTS2018) and 0.966 (BraTS2019), not of these weights"
COMPACT_CARD = Card(
    summary="The paper's model with 1.4 instead of 46 million parameters: width 16, one block a stage.",
    reference=REFERENCE,
    intended_use="Research on guided fusion; the headline model of this zoo.",
    limits=LIMITS,
)
PAPER_CARD = Card(
    summary="The paper's model at full size: four RMC encoders of width 64, 46 million parameters.",
    reference=REFERENCE,
    intended_use="To be trained on your own data, on a GPU.",
    limits="No weights are supplied.",
)


@hookimpl
def register_models() -> list[ModelSpec]:
    return [
        _spec("compact", "Guided dual attention", COMPACT, Recipe(), COMPACT_CARD),
        _spec("paper", "Guided dual attention, full size", PAPER, PAPER_RECIPE, PAPER_CARD),
    ]


def build(**options: Any) -> Any:
    from .network import GuidedDualAttention

    return GuidedDualAttention(GuidedOptions(**options))


def cumulative_phases(options: GuidedOptions) -> tuple[Phase, ...]:
    """Plan a cumulative training: the primary alone; then the secondaries join one by one.

    The primary's encoder learns slowly once it has learned alone. Encoders that other models have trained stay as they
    are, and what is built on them needs fewer epochs.
    """
    dropout = MODALITY_DROPOUT if options.missing == "any" else 0.0
    joined = [options.secondaries[: count + 1] for count in range(len(options.secondaries))]
    started = bool(encoders_from(options))
    rates = {"encoders": FROZEN} if started else {f"encoders.{options.primary}": LEARNED_RATE}
    share = STARTED_SHARE if started else PRIMARY_SHARE if joined else 1.0
    each = STARTED_SHARE if started else (1 - share) / max(1, len(joined))
    alone = Phase(f"{options.primary} alone", (options.primary,), share, rates if started else {})
    return (
        alone,
        *(Phase(f"{names[-1]} joins", (options.primary, *names), each, rates, dropout) for names in joined),
    )


def encoders_from(options: GuidedOptions) -> dict[str, str]:
    """Name the model that each encoder starts from: a `single-*` for compact ones, unless modalities share theirs."""
    encoder = {name: getattr(options, name) for name in COMPACT_ENCODER} | {"norm": options.norm}
    if encoder != {**COMPACT_ENCODER, "norm": "group"} or options.share_encoders != "none":
        return {}
    return {f"encoders.{name}": f"single-{name}.compact" for name in options.modalities}


def _cam_layers(options: GuidedOptions) -> dict[str, str]:
    """Layers of class-activation maps; none for the self control, whose encoders run twice a study."""
    once = options.guidance_source != "self"
    return {name: f"encoders.{name}.layer2" for name in options.modalities} if once else {}


def _needs(options: GuidedOptions) -> tuple[str, ...]:
    return {"none": options.modalities, "secondaries": (options.primary,), "any": ()}[options.missing]


def _spec(preset: str, title: str, options: GuidedOptions, recipe: Recipe, card: Card) -> ModelSpec:
    model_id = f"guided-dual-attention.{preset}"
    return ModelSpec(
        id=model_id,
        title=title,
        family="guided dual attention",
        needs=_needs(options),
        uses=options.modalities,
        build=build,
        options=asdict(options),
        recipe=recipe,
        cam_layers=_cam_layers(options),
        attention=ATTENTION[options.attention],
        phases=cumulative_phases(options),
        encoders_from=encoders_from(options),
        card=card,
        weights=WEIGHTS / f"{model_id}.safetensors",
        vary=partial(_varied, preset, title, options, recipe, card),
    )


def _varied(preset: str, title: str, options: GuidedOptions, recipe: Recipe, card: Card, **changes: Any) -> ModelSpec:
    return replace(_spec(preset, title, replace(options, **changes), recipe, card), weights=None)
