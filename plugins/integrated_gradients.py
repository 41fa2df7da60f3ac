"""Integrated gradients (Sundararajan, Taly & Yan 2017, arXiv 1703.01365), through Captum, until they add up."""

from __future__ import annotations

from typing import Any

from zoo import Attribution, ExplainerSpec, PluginError, Question, hookimpl
from zoo.types import Progress

STEPS = (16, 32, 64, 128)
RELATIVE_TOLERANCE, TOLERANCE = 0.05, 0.05


@hookimpl
def register_explainers() -> list[ExplainerSpec]:
    return [ExplainerSpec("integrated-gradients", "Integrated gradients", cost=48, explain=explain, memory=3)]


def explain(question: Question, progress: Progress) -> Attribution:
    """Gradients of logit(HGG) − logit(LGG) along a straight path from the question's baseline to the study.

    By Gauss–Legendre quadrature with as many steps as it takes (16, doubled up to 128) for the sum over all voxels to
    equal the difference of the two logits within 5 % or 0.05. facts: steps, difference, convergence_delta (sum minus
    difference).
    """
    if not question.spec.differentiable:
        raise PluginError("This model has no gradients: choose occlusion, or modality Shapley values.")
    difference = _difference(question)
    for steps in STEPS:
        values = _integrate(question, steps, progress)
        delta = float(values.sum()) - difference
        if abs(delta) <= max(RELATIVE_TOLERANCE * abs(difference), TOLERANCE):
            break
    facts = {"steps": steps, "difference": difference, "convergence_delta": delta}
    return Attribution(values[0].cpu().numpy(), facts)


def _difference(question: Question) -> float:
    import torch

    with torch.inference_mode():
        return float(question.margin(question.x) - question.margin(question.baseline))


def _integrate(question: Question, steps: int, progress: Progress) -> Any:
    """Float32 [1, 4, D, H, W]. One step at a time, so that progress is told and a cancel is obeyed at each."""
    import torch
    from captum.attr import IntegratedGradients

    taken = 0

    def margin(x: Any) -> Any:
        nonlocal taken
        progress(taken / steps, f"Integrated gradients, step {min(taken + 1, steps)} of {steps}")
        taken += 1
        return question.margin(x)

    with torch.enable_grad():
        return IntegratedGradients(margin).attribute(
            question.x, question.baseline, n_steps=steps, method="gausslegendre", internal_batch_size=1
        )
