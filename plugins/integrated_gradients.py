"""Integrated gradients (Sundararajan, Taly & Yan 2017, arXiv 1703.01365), through Captum, until they add up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from zoo import Attribution, ExplainerSpec, ModelSpec, PluginError, Question, hookimpl
from zoo.types import Progress

PIECES, THIRDS = 4, 3  # of the way, and of each piece
WEIGHTS = (9 / 8, 6 / 8, 9 / 8)  # of the thirds, after Maclaurin
TYPICAL_STEPS, MOST_STEPS = 40, 240
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

    By Maclaurin's rule, a gradient in the middle of each third, on each of four pieces of the way. What a piece's
    voxels add up to is off from the difference of the logits at its ends; the piece that is off most is cut in three,
    whose middles are known already, until all together are off by no more than 5 % or 0.05, or 240 steps were taken.
    facts: steps, difference, convergence_delta (sum minus difference).
    """
    if not question.spec.differentiable:
        raise PluginError("This model has no gradients: choose occlusion, or modality Shapley values.")
    progress(0.0, "Integrated gradients, the ends of the way")
    way = _Way(question, progress)
    difference = way.gain(0, 1)
    pieces = [way.piece(index / PIECES, (index + 1) / PIECES) for index in range(PIECES)]
    while sum(map(_off, pieces)) > max(RELATIVE_TOLERANCE * abs(difference), TOLERANCE) and way.steps < MOST_STEPS:
        worst = pieces.pop(max(range(len(pieces)), key=lambda index: _off(pieces[index])))
        pieces += [way.piece(third.low, third.high, third.values / THIRDS) for third in worst.thirds]
    delta = sum(piece.delta for piece in pieces)
    facts = {"steps": float(way.steps), "difference": difference, "convergence_delta": delta}
    return Attribution(way.everywhere(sum(piece.values for piece in pieces)), facts)


@dataclass(frozen=True)
class _Stretch:
    """Part of the way by one gradient, that of its middle. values: float32 [voxels that differ along the way]."""

    low: float
    high: float
    values: Any


@dataclass(frozen=True)
class _Piece:
    """Part of the way by three gradients. gain: what the margin gains between its ends."""

    thirds: Sequence[_Stretch]
    gain: float

    @property
    def values(self) -> Any:
        """Attributions of this part of the way, float32 [voxels that differ along it]; exact for cubic gradients."""
        return sum(weight * third.values for weight, third in zip(WEIGHTS, self.thirds, strict=True))

    @property
    def delta(self) -> float:
        """What the values add up to, less the gain."""
        totals = (weight * third.values.sum(dtype=float) for weight, third in zip(WEIGHTS, self.thirds, strict=True))
        return float(sum(totals)) - self.gain


def _off(piece: _Piece) -> float:
    return abs(piece.delta)


class _Way:
    """Straight way from the baseline, 0, to the study, 1."""

    def __init__(self, question: Question, progress: Progress) -> None:
        self.question, self.progress = question, progress
        self.steps = 0
        self.margins: dict[float, float] = {}
        self.differing = (question.x != question.baseline)[0].cpu().numpy()

    def piece(self, low: float, high: float, middle: Any = None) -> _Piece:
        """Integrate between two points. middle: values of the middle third, where they are known."""
        cuts = [low + (high - low) * cut / THIRDS for cut in range(THIRDS + 1)]
        known = (None, middle, None)
        thirds = [
            _Stretch(start, stop, self._step(start, stop) if values is None else values)
            for (start, stop), values in zip(pairwise(cuts), known, strict=True)
        ]
        return _Piece(thirds, self.gain(low, high))

    def gain(self, low: float, high: float) -> float:
        """What the margin gains between two points."""
        return self._margin(high) - self._margin(low)

    def everywhere(self, values: Any) -> np.ndarray:
        """Values of the voxels that differ at their places, float32 [4, D, H, W], 0 elsewhere."""
        placed = np.zeros(self.differing.shape, np.float32)
        placed[self.differing] = values
        return placed

    def _step(self, low: float, high: float) -> Any:
        """Integrate by the gradient in the middle, Gauss–Legendre's rule of one step, and tell of it; nobody knows how
        many steps will come."""
        import torch
        from captum.attr import IntegratedGradients

        self.progress(self.steps / (self.steps + TYPICAL_STEPS), f"Integrated gradients, step {self.steps + 1}")
        self.steps += 1
        with torch.enable_grad():
            method = IntegratedGradients(self.question.margin)
            found = method.attribute(self._point(high), self._point(low), n_steps=1, method="gausslegendre")
        return found[0].cpu().numpy()[self.differing]

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
