"""The estimated time of an explanation on this machine, told before it begins."""

from __future__ import annotations

from collections.abc import Mapping

from zoo.types import DEFAULT_EXPLAINER, ExplainerSpec, ModelSpec

MINUTES_FROM = 90


class DurationEstimator:
    """Estimates how long an explanation takes, from those that were made, whoever asked for them.

    passes: seconds of a forward pass, by model id, to begin with.
    """

    def __init__(self, passes: Mapping[str, float]) -> None:
        self._passes = dict(passes)
        self._taken: dict[tuple[str, str], float] = {}

    def record(self, spec: ModelSpec, explainer: ExplainerSpec, seconds: float) -> None:
        """Note how long an explanation took."""
        self._taken[spec.id, explainer.id] = seconds
        if explainer.id == DEFAULT_EXPLAINER:  # which follows every grade
            self._passes[spec.id] = seconds / explainer.passes(spec)

    def seconds(self, spec: ModelSpec, explainer: ExplainerSpec) -> float | None:
        """Seconds that explaining took last time, or that its forward passes take; None where neither is known."""
        pass_seconds = self._passes.get(spec.id)
        expected = None if pass_seconds is None else pass_seconds * explainer.passes(spec)
        return self._taken.get((spec.id, explainer.id), expected)

    def in_words(self, spec: ModelSpec, explainer: ExplainerSpec) -> str:
        """An estimate for people: "about 20 s"."""
        seconds = self.seconds(spec, explainer)
        if seconds is None:
            return f"about as long as {explainer.passes(spec):.0f} grades"
        if seconds < 1.5:
            return "about a second"
        return f"about {seconds:.0f} s" if seconds < MINUTES_FROM else f"about {seconds / 60:.0f} min"
