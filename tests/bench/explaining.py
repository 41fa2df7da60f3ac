"""Explanations of the guided model's grade, of a study that it has just graded."""

from __future__ import annotations

import time
from pathlib import Path

import captum.attr  # noqa: F401 - whoever explains has it loaded by the second time

from bench.timing import seconds
from zoo.inference.loaded import registry, trained
from zoo.inference.open_study import open_study
from zoo.types import Progress
from zoo.types.roles import DEFAULT_EXPLAINER, HEADLINE_MODEL, SHAPLEY_EXPLAINER


def shapley(study: Path) -> float:
    return _seconds(study, SHAPLEY_EXPLAINER)


def hires_cam(study: Path) -> float:
    return _seconds(study, DEFAULT_EXPLAINER)


def occlusion(study: Path) -> float:
    return _seconds(study, "occlusion")


def integrated_gradients(study: Path) -> tuple[float, float]:
    """Measure the whole, and the longest silence in it."""
    silence = _Silence()
    whole = _seconds(study, "integrated-gradients", silence)
    return whole, silence.longest


def _seconds(study: Path, explainer_id: str, progress: Progress = lambda fraction, text: None) -> float:
    opened, model = open_study(registry(), study), trained(HEADLINE_MODEL)
    opened.grade(model)
    return seconds(opened.explain, model, registry().explainer(explainer_id), progress)


class _Silence:
    """A progress that notes how long nothing was said, for so long a cancel waits."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._last: float | None = None

    def __call__(self, fraction: float, text: str) -> None:
        now = time.perf_counter()
        self.longest = max(self.longest, now - (self._last or now))
        self._last = now
