"""Checks before a study is graded: what is surely wrong is refused, what makes an answer doubtful is a warning."""

from __future__ import annotations

from collections.abc import Callable

from zoo import Finding, ModelInput, Recipe, Volumes, hookimpl


@hookimpl
def check_study(volumes: Volumes, prepare: Callable[[Volumes, Recipe], ModelInput]) -> list[Finding]:
    """Return the first refusal alone, or all doubts."""
    from zoo.study.brain import cropped

    from . import alignment, duplicate_scans, intensities, sequences, skull_stripping, speckles, tumour
    from .grid import thinned

    if refused := skull_stripping.check(volumes):
        return refused
    brain = cropped(volumes)
    thin = thinned(brain)
    if refused := (
        speckles.check(brain) or intensities.check(thin) or duplicate_scans.check(brain) or alignment.check(thin)
    ):
        return refused
    return [*sequences.check(thin), *tumour.check(volumes, prepare)]
