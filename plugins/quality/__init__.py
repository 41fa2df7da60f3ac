"""Checks before a study is graded: what is surely wrong is refused, what makes an answer doubtful is a warning."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from zoo import Finding, ModelInput, Recipe, Volumes, hookimpl


@hookimpl
def check_study(volumes: Volumes, prepare: Callable[[Volumes, Recipe], ModelInput]) -> list[Finding]:
    """Return the first refusal alone, or all doubts."""
    findings: list[Finding] = []
    for found in _checks(volumes, prepare):
        if any(finding.severity == "refusal" for finding in found):
            return found
        findings += found
    return findings


def _checks(volumes: Volumes, prepare: Callable[[Volumes, Recipe], ModelInput]) -> Iterator[list[Finding]]:
    """Yield what each check finds, the quickest and surest first: what comes later needs what was found sound."""
    from zoo.study.brain import cropped

    from . import (
        alignment,
        duplicate_scans,
        field_of_view,
        intensities,
        orientation,
        partial_scans,
        sequences,
        skull_stripping,
        speckles,
        tumour,
    )
    from .coverage import outlines_of
    from .grid import standardised, thinned, where_all_show

    if not volumes.brain.any():
        yield skull_stripping.check(volumes)
    brain = cropped(volumes)
    thin = thinned(brain)
    coarse = standardised(thin)
    yield field_of_view.check_extent(coarse)
    yield skull_stripping.check(volumes)
    yield speckles.check(brain)
    yield intensities.check(thin)
    yield duplicate_scans.check(brain)
    if outlines := outlines_of(thin):
        yield alignment.check(thin, outlines)
        if partial := partial_scans.check(thin, outlines, prepare):
            yield partial
            coarse = where_all_show(coarse, thin.present)
    if turned := orientation.check(thin, coarse):
        yield turned
    else:
        yield field_of_view.check_cuts(brain) or field_of_view.check_height(coarse)
        yield sequences.check(thin, coarse)
    yield tumour.check(volumes, prepare)
