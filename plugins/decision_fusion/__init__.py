"""Fusion of decisions: several graders, of one modality each or of all, and what is made of their opinions."""

from __future__ import annotations

from typing import Any

from zoo import MODALITIES, Card, ModelSpec, hookimpl

from .. import LIMITS, WEIGHTS

ALONE = tuple(f"single-{modality}.compact" for modality in MODALITIES)
FUSIONS = ("early-fusion.compact", "feature-concat.compact", "slices-timm.compact", "unet-radiomics.compact")
MEMBERS_LIMITS = f"As good as its members, whose weights it uses. {LIMITS}"


@hookimpl
def register_models() -> list[ModelSpec]:
    mean = Card(
        summary="The mean of the probabilities that four graders of one modality each arrive at.",
        reference="Decision-level fusion; Kittler et al. 1998, sum rule",
        intended_use="Baseline: fusion without any learning.",
        limits=MEMBERS_LIMITS,
    )
    stacked = Card(
        summary="Logistic regression on the log-odds of four graders of one modality each.",
        reference="Decision-level fusion; stacked generalisation, Wolpert 1992",
        intended_use="Baseline: fusion that learns how much each modality is worth, and nothing else.",
        limits=MEMBERS_LIMITS,
    )
    ensemble = Card(
        summary="Logistic regression on the log-odds of four differently built graders of all modalities.",
        reference="Ensemble of architectures; Kamnitsas et al. 2018, arXiv 1711.01468; Wolpert 1992",
        intended_use="Upper baseline: what differently built graders know together.",
        limits=MEMBERS_LIMITS,
    )
    return [
        _spec("decision-mean", "Mean of decisions", build_mean, ALONE, mean),
        _spec("decision-stacked", "Stacked decisions", build_stacked, ALONE, stacked),
        _spec("ensemble", "Ensemble", build_stacked, FUSIONS, ensemble),
    ]


def build_mean(**options: Any) -> Any:
    from .network import DecisionMean

    return DecisionMean(**options)


def build_stacked(**options: Any) -> Any:
    from .network import DecisionStacked

    return DecisionStacked(**options)


def _spec(name: str, title: str, build: Any, members: tuple[str, ...], card: Card) -> ModelSpec:
    model_id = f"{name}.compact"
    return ModelSpec(
        id=model_id,
        title=title,
        family="decision fusion",
        needs=MODALITIES,
        uses=MODALITIES,
        build=build,
        members=members,
        card=card,
        weights=WEIGHTS / f"{model_id}.safetensors",
    )
