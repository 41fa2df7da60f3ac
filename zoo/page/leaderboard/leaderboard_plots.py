"""The tab's three plots: what an AUC costs, how the cases are ranked, and whether probabilities come true."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

import numpy as np

from zoo.assets.leaderboard import Estimate
from zoo.assets.standings import Standing, Standings
from zoo.metrics import reliability, roc_curve
from zoo.page.leaderboard.svg import Axis, Panel, figure, tooltip, unit_axis
from zoo.types.roles import HEADLINE_MODEL, MEASUREMENT_CONTROL

FIRST_HIGHLIGHTS, MOST_HIGHLIGHTS = 3, 4
LEAST_GFLOPS = 0.01
SHAPES = (
    "M-5 0A5 5 0 1 1 5 0A5 5 0 1 1-5 0Z",
    "M-4.5-4.5H4.5V4.5H-4.5Z",
    "M0-6L5.5 4.5H-5.5Z",
    "M0-6.5L6 0L0 6.5L-6 0Z",
)
"""Circle, square, triangle, diamond of the highlights: colour is never all that tells two models apart."""
FAINT_SHAPE = "M-3.5 0A3.5 3.5 0 1 1 3.5 0A3.5 3.5 0 1 1-3.5 0Z"
LARGEST_CIRCLE, SMALLEST_CIRCLE = 16.0, 2.5

Highlights = Mapping[str, int]
"""Numbers from 1 by model id: the style sheet gives each a colour and a dash."""


def default_highlights(standings: Standings) -> list[str]:
    """The headline model, the best one, and the control by one measurement; in place of those not there the next."""
    model_ids = [row.id for row in standings.rows]
    preferred = dict.fromkeys([HEADLINE_MODEL, *model_ids[:1], MEASUREMENT_CONTROL, *model_ids])
    return [model_id for model_id in preferred if model_id in model_ids][:FIRST_HIGHLIGHTS]


def plots(standings: Standings, chosen: Sequence[str]) -> str:
    """All models faint and those that are chosen, at most `MOST_HIGHLIGHTS`, in colour and on top."""
    if not standings.rows:
        return ""
    numbers = {model_id: number for number, model_id in enumerate(chosen[:MOST_HIGHLIGHTS], 1)}
    rows = sorted(standings.rows, key=lambda row: row.id in numbers)
    return (
        '<div class="zoo-plots">'
        + _legend(standings.rows, numbers)
        + auc_against_gflops(rows, numbers, standings.ceiling)
        + roc_curves(rows, numbers)
        + reliability_curves([row for row in standings.rows if row.id in numbers], numbers)
        + "</div>"
    )


def _legend(rows: Sequence[Standing], numbers: Highlights) -> str:
    chosen = sorted((row for row in rows if row.id in numbers), key=lambda row: numbers[row.id])
    items = [
        f'<li class="{_class(row, numbers)}"><svg viewBox="-17 -8 34 16" aria-hidden="true">'
        f'<path class="zoo-line" d="M-17 0H17"/><path class="zoo-dot" d="{SHAPES[numbers[row.id] - 1]}"/></svg>'
        f"{escape(row.title)} <small>{escape(row.id)}</small></li>"
        for row in chosen
    ]
    others = len(rows) - len(chosen)
    rest = f"<li>the other {others} are faint: point at one for its name</li>" if others else ""
    return f'<ul class="zoo-legend">{"".join(items)}{rest}</ul>'


def auc_against_gflops(rows: Sequence[Standing], numbers: Highlights, ceiling: Estimate | None) -> str:
    """Empty where no model's size is known. Models of next to no cost stand at the left edge."""
    measured = [(row, row.gflops, row.auc) for row in rows if row.gflops is not None and row.auc]
    if not measured:
        return ""
    lowest = min(auc.value if auc.low is None else auc.low for _, _, auc in measured)
    panel = Panel(_gflops_axis([gflops for _, gflops, _ in measured]), _auc_axis(lowest))
    limit = "" if ceiling is None else _ceiling(panel, ceiling)
    bars = "" if measured[0][2].low is None else "The bars are 95 % intervals. "
    points = "".join(_point(panel, row, gflops, auc, numbers) for row, gflops, auc in measured)
    return figure(
        "AUC against cost",
        f"AUC against GFLOPs of one study, {len(measured)} models: {_highlights_in_words(rows, numbers)}.",
        f"{bars}Up and to the left is better.",
        panel,
        limit + points,
    )


def _gflops_axis(gflops: Sequence[float]) -> Axis:
    """Decades."""
    low = math.floor(math.log10(max(min(gflops), LEAST_GFLOPS)))
    high = max(low + 1, math.ceil(math.log10(max(*gflops, LEAST_GFLOPS))))
    ticks = [(10.0**power, f"{10.0**power:g}") for power in range(low, high + 1)]
    if min(gflops) < LEAST_GFLOPS:
        ticks[0] = (ticks[0][0], f"≤ {ticks[0][1]}")
    return Axis("GFLOPs of one study, log scale", 10.0**low, 10.0**high, tuple(ticks), log=True)


def _auc_axis(lowest: float) -> Axis:
    tenths = range(min(9, math.floor(lowest * 10)), 11)
    return Axis("AUC", tenths[0] / 10, 1, tuple((tenth / 10, f"{tenth / 10:.1f}") for tenth in tenths))


def _ceiling(panel: Panel, ceiling: Estimate) -> str:
    line = panel.line(np.array([panel.x.low, panel.x.high]), np.full(2, ceiling.value))
    (x,), (y,) = panel.at(panel.x.low, ceiling.value)
    return (
        f'<path class="zoo-guide" d="{line}"/>'
        f'<text class="zoo-note" x="{x + 4:g}" y="{y - 4:g}">told the true signs: {ceiling.value:.3f}</text>'
    )


def _point(panel: Panel, row: Standing, gflops: float, auc: Estimate, numbers: Highlights) -> str:
    (x,), (y,) = panel.at(max(gflops, panel.x.low), auc.value)
    whisker = ""
    if auc.low is not None and auc.high is not None:
        ends = panel.line(np.full(2, max(gflops, panel.x.low)), np.array([auc.low, auc.high]))
        whisker = f'<path class="zoo-whisker" d="{ends}"/>'
    shape = SHAPES[numbers[row.id] - 1] if row.id in numbers else FAINT_SHAPE
    return (
        f'<g class="{_class(row, numbers)}">{tooltip(f"{_name(row)}: AUC {auc}, {gflops:,.2g} GFLOPs")}'
        f'{whisker}<circle class="zoo-reach" cx="{x:g}" cy="{y:g}" r="9"/>'
        f'<path class="zoo-dot" transform="translate({x:g} {y:g})" d="{shape}"/></g>'
    )


def roc_curves(rows: Sequence[Standing], numbers: Highlights) -> str:
    """Empty where no model has cases of both grades."""
    drawn = [row for row in rows if row.auc]
    if not drawn:
        return ""
    panel = Panel(unit_axis("1 − specificity"), unit_axis("sensitivity"))
    return figure(
        "ROC curves",
        f"Sensitivity against 1 − specificity, {len(drawn)} models: {_highlights_in_words(rows, numbers)}.",
        "On the dotted line a model is no better than chance.",
        panel,
        _diagonal(panel) + "".join(_roc_curve(panel, row, numbers) for row in drawn),
    )


def _roc_curve(panel: Panel, row: Standing, numbers: Highlights) -> str:
    line = panel.line(*roc_curve(row.y, row.p_hgg))
    return (
        f'<g class="{_class(row, numbers)}">{tooltip(f"{_name(row)}: AUC {row.auc}")}'
        f'<path class="zoo-reach" d="{line}"/><path class="zoo-line" d="{line}"/></g>'
    )


def reliability_curves(rows: Sequence[Standing], numbers: Highlights) -> str:
    """Draw reliability curves of the highlighted models only: circles of all would hide each other."""
    panel = Panel(unit_axis("probability of HGG, mean of a bin"), unit_axis("share of HGG"))
    errors = "; ".join(f"{row.title}, ECE {row.ece:.3f}" for row in rows) or "none is chosen"
    return figure(
        "Reliability",
        f"Share of HGG against the probability given, of the chosen models: {errors}.",
        "On the dotted line probabilities come true. The larger a circle, the more studies it stands for.",
        panel,
        _diagonal(panel) + "".join(_reliability_curve(panel, row, numbers) for row in rows),
    )


def _reliability_curve(panel: Panel, row: Standing, numbers: Highlights) -> str:
    bins = reliability(row.y, row.p_hgg)
    line = panel.line(np.array([each.mean_p_hgg for each in bins]), np.array([each.share_hgg for each in bins]))
    circles = ""
    for each in bins:
        (x,), (y,) = panel.at(each.mean_p_hgg, each.share_hgg)
        radius = max(SMALLEST_CIRCLE, LARGEST_CIRCLE * math.sqrt(each.cases / len(row.y)))
        description = (
            f"{_name(row)}: {each.cases} studies, probability {each.mean_p_hgg:.2f}, share of HGG {each.share_hgg:.2f}"
        )
        circles += f'<circle class="zoo-circle" cx="{x:g}" cy="{y:g}" r="{radius:.1f}">{tooltip(description)}</circle>'
    return f'<g class="{_class(row, numbers)}"><path class="zoo-line" d="{line}"/>{circles}</g>'


def _diagonal(panel: Panel) -> str:
    return f'<path class="zoo-guide" d="{panel.line(np.array([0, 1]), np.array([0, 1]))}"/>'


def _class(row: Standing, numbers: Highlights) -> str:
    return f"zoo-mark zoo-mark-{numbers[row.id]}" if row.id in numbers else "zoo-mark"


def _name(row: Standing) -> str:
    return f"{row.title} ({row.id})"


def _highlights_in_words(rows: Sequence[Standing], numbers: Highlights) -> str:
    """The chosen ones in words, for who can't see the plot; the table holds all."""
    phrases = [f"{row.title}, AUC {row.auc}" for row in rows if row.id in numbers and row.auc]
    return "; ".join(phrases) or "none is chosen"
