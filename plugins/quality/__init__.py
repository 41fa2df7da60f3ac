"""Checks before a study is graded: what is surely wrong is refused, what makes an answer doubtful is a warning."""

from __future__ import annotations

from zoo import Finding, Volumes, hookimpl


@hookimpl
def check_study(volumes: Volumes) -> list[Finding]:
    """Return the first refusal alone, or all doubts."""
    from . import alignment, duplicate_scans, sequences, skull_stripping, tumour
    from .grid import thinned

    if refused := skull_stripping.check(volumes) or duplicate_scans.check(volumes):
        return refused
    thin = thinned(volumes)
    return alignment.check(thin) or [*sequences.check(thin), *tumour.check(thin)]
