"""The table as Markdown: medians over rounds, and the median of each round's ratio."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence

from bench.steps import Step
from bench.turns import Figures

HEADER = "| seconds, unless it says otherwise | before | now | before / now |\n|---|--:|--:|--:|"


def rows(step: Step, figures: Figures) -> Iterator[str]:
    """Yield a line for each row of a step; a dash stands for what was not measured."""
    for index, title in enumerate(step.rows):
        before, now = ([found[index] for found in figures.get(name, [])] for name in ("before", "now"))
        ratios = [one / other for one, other in zip(before, now, strict=False)]
        yield f"| {title} | {_median(before)} | {_median(now)} | {_median(ratios)} |"


def _median(figures: Sequence[float]) -> str:
    return f"{statistics.median(figures):.3g}" if figures else "—"
