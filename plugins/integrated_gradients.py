"""Integrated gradients (Sundararajan, Taly & Yan 2017, arXiv 1703.01365), through Captum, until they add up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zoo import Attribution, ExplainerSpec, ModelSpec, PluginError, Question, hookimpl
from zoo.types import Progress

PIECES, STEPS = 4, 4  # of the way, and of each piece
TYPICAL_STEPS, MOST_STEPS = 48, 240
RELATIVE_TOLERANCE, TOLERANCE = 0.05, 0.05


@hookimpl
def register_explainers() -> list[ExplainerSpec]:
    return [
        ExplainerSpec(
            "integrated-gradients",
            "Integrated gradients",
            cost=120,
            explain=explain,
            memory=3,
            suits=_has_gradients,
            description="Gradients on the way from the baseline to the study, added up.",
            baseline="white matter all over the brain",
            format_diagnostics=_format_diagnostics,
        )
    ]


def _has_gradients(model: ModelSpec) -> bool:
    return model.differentiable


def explain(question: Question, progress: Progress) -> Attribution:
    """Gradients of logit(HGG) − logit(LGG) along a straight path from the question's baseline to the study.

    By Gauss–Legendre quadrature of four steps on each of four pieces of the way. What a piece's voxels add up to is off
    from the difference of the logits at its ends; the piece that is off most is halved until all together are off by no
    more than 5 % or 0.05, or 240 steps were taken. facts: steps, difference, convergence_delta (sum minus difference).
    """
    if not question.spec.differentiable:
        raise PluginError("This model has no gradients: choose occlusion, or modality Shapley values.")
    progress(0.0, "Integrated gradients, the ends of the way")
    way = _Way(question, progress)
    difference = way.gain(0, 1)
    pieces = [way.piece(index / PIECES, (index + 1) / PIECES) for index in range(PIECES)]
    while sum(map(_off, pieces)) > max(RELATIVE_TOLERANCE * abs(difference), TOLERANCE) and way.steps < MOST_STEPS:
        worst = pieces.pop(max(range(len(pieces)), key=lambda index: _off(pieces[index])))
        middle = (worst.low + worst.high) / 2
        pieces += [way.piece(worst.low, middle), way.piece(middle, worst.high)]
    delta = sum(piece.delta for piece in pieces)
    facts = {"steps": float(way.steps), "difference": difference, "convergence_delta": delta}
    return Attribution(sum(piece.values for piece in pieces), facts)


@dataclass(frozen=True)
class _Piece:
    """Part of the way. values: float32 [4, D, H, W]. delta: their sum, less what the margin gains between its ends."""

    low: float
    high: float
    values: Any
    delta: float


def _off(piece: _Piece) -> float:
    return abs(piece.delta)


class _Way:
    """Straight way from the baseline, 0, to the study, 1."""

    def __init__(self, question: Question, progress: Progress) -> None:
        self.question, self.progress = question, progress
        self.steps = 0
        self.margins: dict[float, float] = {}

    def piece(self, low: float, high: float) -> _Piece:
        """Integrate one step at a time, so that progress is told and a cancel is obeyed at each."""
        import torch
        from captum.attr import IntegratedGradients

        with torch.enable_grad():
            found = IntegratedGradients(self._step).attribute(
                self._point(high), self._point(low), n_steps=STEPS, method="gausslegendre", internal_batch_size=1
            )
        values = found[0].cpu().numpy()
        return _Piece(low, high, values, float(values.sum(dtype=float)) - self.gain(low, high))

    def gain(self, low: float, high: float) -> float:
        """What the margin gains between two points."""
        return self._margin(high) - self._margin(low)

    def _step(self, x: Any) -> Any:
        """Compute the margin and tell of the step, of which nobody knows how many will come.

        Captum asks once more before the first, without gradients.
        """
        if x.requires_grad:
            self.progress(self.steps / (self.steps + TYPICAL_STEPS), f"Integrated gradients, step {self.steps + 1}")
            self.steps += 1
        return self.question.margin(x)

    def _margin(self, at: float) -> float:
        import torch

        if at not in self.margins:
            with torch.inference_mode():
                self.margins[at] = float(self.question.margin(self._point(at)))
        return self.margins[at]

    def _point(self, at: float) -> Any:
        return self.question.baseline.lerp(self.question.x, at)


def _format_diagnostics(facts: Mapping[str, float]) -> str:
    total = facts["difference"] + facts["convergence_delta"]
    return (
        f"{facts['steps']:.0f} steps add up to {total:+.2f} of the {facts['difference']:+.2f} log-odds between "
        f"baseline and study: {facts['convergence_delta']:+.3f} too much (completeness delta)."
    )
