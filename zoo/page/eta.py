"""How long explaining takes on this machine, told before it begins."""

from __future__ import annotations

from collections.abc import Mapping

from zoo.types import DEFAULT_EXPLAINER, ExplainerSpec, ModelSpec

MINUTES_FROM = 90


class DurationEstimator:
    """Learns from what was explained, whoever asked. passes: seconds of a forward pass, by model id, to begin with."""

    def __init__(self, passes: Mapping[str, float]) -> None:
        self._passes = dict(passes)
        self._taken: dict[tuple[str, str], float] = {}

    def record(self, spec: ModelSpec, explainer: ExplainerSpec, seconds: float) -> None:
        self._taken[spec.id, explainer.id] = seconds
        if explainer.id == DEFAULT_EXPLAINER:  # which follows every grade
            self._passes[spec.id] = seconds / explainer.passes(spec)

    def seconds(self, spec: ModelSpec, explainer: ExplainerSpec) -> float | None:
        """Seconds that explaining took last time, or that its forward passes take; None where neither is known."""
        a_pass = self._passes.get(spec.id)
        expected = None if a_pass is None else a_pass * explainer.passes(spec)
        return self._taken.get((spec.id, explainer.id), expected)

    def in_words(self, spec: ModelSpec, explainer: ExplainerSpec) -> str:
        seconds = self.seconds(spec, explainer)
        if seconds is None:
            return f"about as long as {explainer.passes(spec):.0f} grades"
        if seconds < 1.5:
            return "about a second"
        return f"about {seconds:.0f} s" if seconds < MINUTES_FROM else f"about {seconds / 60:.0f} min"
