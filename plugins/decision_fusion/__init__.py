"""Fusion of decisions: four graders of one modality each, and what is made of their four opinions."""

from __future__ import annotations

from typing import Any

from plugins import LIMITS, WEIGHTS
from zoo import MODALITIES, Card, ModelSpec, hookimpl

MEMBERS = tuple(f"single-{modality}.compact" for modality in MODALITIES)
MEMBERS_LIMITS = f"As good as its four members, whose weights it uses. {LIMITS}"


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
    return [
        _spec("decision-mean", "Mean of decisions", build_mean, mean),
        _spec("decision-stacked", "Stacked decisions", build_stacked, stacked),
    ]


def build_mean(**options: Any) -> Any:
    from plugins.decision_fusion.network import DecisionMean

    return DecisionMean(**options)


def build_stacked(**options: Any) -> Any:
    from plugins.decision_fusion.network import DecisionStacked

    return DecisionStacked(**options)


def _spec(name: str, title: str, build: Any, card: Card) -> ModelSpec:
    model_id = f"{name}.compact"
    return ModelSpec(
        id=model_id,
        title=title,
        family="decision fusion",
        needs=MODALITIES,
        uses=MODALITIES,
        build=build,
        members=MEMBERS,
        card=card,
        weights=WEIGHTS / f"{model_id}.safetensors",
    )
