"""Plots of the arms of one scheme: ranking, probabilities, and what they cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullFormatter
from sklearn.metrics import roc_curve

from zoo.metrics import reliability

from ..evaluation.results import FOLDS, HOSPITALS, WHOLE, ModelRow, Results
from ..statistics.intervals import wilson_interval
from .drawing import GUIDE, headed, panels, save, spread, styles_of
from .markdown import estimate
from .predictions import Predictions, answers, by_repeat, outcomes_of
from .shift import shift_of

Figures = Mapping[str, Any]

GRID = np.linspace(0, 1, 201)


def _shown(results: Results, summary: Figures) -> tuple[str, list[ModelRow]]:
    """The scheme to plot and its arms, but those of a shift, which have a plot of their own."""
    for scheme in (FOLDS, WHOLE, HOSPITALS):
        rows = [row for row in results.models if scheme in summary["arms"][row.name] and not shift_of(row.name)]
        if rows:
            return scheme, rows
    return FOLDS, []


def plot_roc(results: Results, summary: Figures, path: Path) -> Path | None:
    """Plot sensitivity against 1 − specificity, mean over the splits; ± 1 SD, point by point, for the headline."""
    scheme, rows = _shown(results, summary)
    curves = {row.name: np.array(list(_curves(results, row.name, scheme))) for row in rows}
    rows = [row for row in rows if len(curves[row.name])]
    if not rows:
        return None
    figure, (axes,) = panels(1, height=5 + 0.11 * len(rows))
    axes.plot([0, 1], [0, 1], color=GUIDE, linestyle=":", label="chance: AUC 0.50")
    for name, style in styles_of(results, rows).items():
        auc = estimate(summary["arms"][name][scheme]["measures"]["auc"], digits=2)
        axes.plot(GRID, curves[name].mean(axis=0), label=f"{name}: AUC {auc}", **style)
        if name == results.headline and len(curves[name]) > 1:
            _band(axes, curves[name], style["color"])
    axes.set(xlabel="1 − specificity", ylabel="sensitivity", aspect="equal", xlim=(-0.01, 1), ylim=(0, 1.01))
    headed(figure, "ROC curves", results, scheme)
    figure.legend(loc="outside lower center", ncols=2, fontsize=8, frameon=False)
    return save(figure, path)


def _curves(results: Results, model: str, scheme: str) -> Iterator[np.ndarray]:
    """Sensitivity at each 1 − specificity of GRID, one curve a split that holds both grades; all start at 0."""
    for outcome in outcomes_of(results, model, scheme):
        told = answers(results, [outcome])
        if len(np.unique(told.y)) == 2:
            false_positive, true_positive, _ = roc_curve(told.y, told.p_hgg)
            yield np.where(GRID > 0, np.interp(GRID, false_positive, true_positive), 0)


def _band(axes: Axes, curves: np.ndarray, colour: str) -> None:
    mean, sd = curves.mean(axis=0), curves.std(axis=0, ddof=1)
    low, high = np.clip([mean - sd, mean + sd], 0, 1)
    axes.fill_between(GRID, low, high, color=colour, alpha=0.15, linewidth=0, label="± 1 SD over splits (headline)")


def plot_reliability(results: Results, summary: Figures, path: Path) -> Path | None:
    """Plot share of HGG against the probability given, with Wilson's 95 % intervals; a panel an arm, headline first.

    Of several repeats the first is drawn, since those intervals count every case once; the ECE is that of all.
    """
    scheme, rows = _shown(results, summary)
    if not rows:
        return None
    rows = sorted(rows, key=lambda row: row.name != results.headline)
    figure, grid = panels(len(rows), height=2.4)
    for axes, (name, style) in zip(grid, styles_of(results, rows).items(), strict=True):
        told = answers(results, by_repeat(outcomes_of(results, name, scheme))[0])
        _reliability(axes, told, style["color"])
        ece = summary["arms"][name][scheme]["pooled"]["ece"]["value"]
        axes.set_title(f"{name}\nECE {ece:.3f}", fontsize=9)
    figure.supxlabel("probability of HGG, with Wilson's 95 % intervals; below, the answers in each bin", fontsize=10)
    figure.supylabel("share of HGG", fontsize=10)
    headed(figure, "Reliability", results, scheme)
    return save(figure, path)


def _reliability(axes: Axes, told: Predictions, colour: str) -> None:
    rows = reliability(told.y, told.p_hgg)
    p, share, cases = (np.array(column) for column in zip(*rows, strict=True))
    bounds = [wilson_interval(np.arange(row.cases) < round(row.share_hgg * row.cases)) for row in rows]
    low, high = np.array([[each.low, each.high] for each in bounds if each]).T  # no bin is empty
    axes.plot([0, 1], [0, 1], color=GUIDE, linestyle=":")
    axes.vlines(p, low, high, color=colour, linewidth=1)
    axes.plot(p, share, color=colour, marker="o", markersize=4, linewidth=1.5)
    heights = 0.2 * cases / cases.max()
    axes.bar(p, heights, 0.06, bottom=-0.45, color=GUIDE)
    for x, height, count in zip(p, heights, cases, strict=True):
        axes.text(x, height - 0.44, count, ha="center", va="bottom", fontsize=6)
    axes.set(xlim=(-0.05, 1.05), ylim=(-0.45, 1.03), xticks=[0, 0.5, 1], yticks=[0, 0.5, 1])


def plot_auc_against_gflops(results: Results, summary: Figures, path: Path) -> Path | None:
    """Plot AUC with its 95 % interval against a study's arithmetic; a dashed line where there is hardly any.

    Arms of nearly the same cost are drawn side by side.
    """
    scheme, rows = _shown(results, summary)
    aucs = {row.name: summary["arms"][row.name][scheme]["measures"]["auc"] for row in rows}
    rows = [row for row in rows if aucs[row.name]["low"] is not None]
    costs = {row.name: np.log10(row.gflops) for row in rows if row.gflops}
    if not costs:
        return None
    x = dict(zip(costs, 10 ** spread(list(costs.values()), 0.03), strict=True))
    figure, (axes,) = panels(1, height=max(4.0, 0.25 * len(rows)))
    styles = styles_of(results, rows)
    for name, style in styles.items():
        if name in x:
            axes.vlines(x[name], aucs[name]["low"], aucs[name]["high"], color=style["color"], linewidth=1.5)
            axes.plot(x[name], aucs[name]["value"], "o", color=style["color"], markersize=3 + 2 * style["linewidth"])
        else:
            axes.axhline(aucs[name]["value"], color=style["color"], linestyle="--", linewidth=1)
    axes.set(xscale="log", xlabel="GFLOPs of one study", ylabel="AUC, 95 % interval")
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_formatter(NullFormatter())
    _names(axes, {row.name: (x.get(row.name), aucs[row.name]["value"]) for row in rows}, styles)
    headed(figure, "AUC against cost", results, scheme)
    return save(figure, path)


def _names(axes: Axes, points: Mapping[str, tuple[float | None, float]], styles: Mapping[str, Figures]) -> None:
    """Write names in a column on the right, in the order of AUC, each with a line to its point."""
    low, high = axes.get_ylim()
    heights = spread([auc for _, auc in points.values()], (high - low) / max(16, len(points)), low, high)
    right = axes.get_xlim()[1]
    axes.set_xlim(right=right)
    for (name, (x, auc)), height in zip(points.items(), heights, strict=True):
        axes.annotate(
            name,
            xy=(right if x is None else x, auc),
            xytext=(1.04, height),
            textcoords=axes.get_yaxis_transform(),
            va="center",
            fontsize=9,
            color=styles[name]["color"],
            annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": GUIDE, "linewidth": 0.7, "relpos": (0, 0.5), "shrinkA": 2},
            zorder=0,
        )
