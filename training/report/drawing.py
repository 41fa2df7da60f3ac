"""How every plot of an evaluation looks: colours that the colour-blind can tell apart, and files that repeat."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from sklearn.isotonic import isotonic_regression

from ..evaluation.results import ModelRow, Results
from .result_tables import title_of
from .summary import SCHEME_TITLES

HEADLINE, CONTROL, GUIDE = "#D55E00", "#000000", "#BBBBBB"
OTHERS = ("#0072B2", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
"""Colours of Okabe and Ito (2008) but for the yellow, which is too light for a line on white."""
LINES = ("-", "-.", ":")
DPI = 100


def styles_of(results: Results, models: Sequence[ModelRow]) -> dict[str, dict[str, Any]]:
    """Line properties by arm: the headline thick, arms that see no image dashed, no two others alike up to 15."""
    styles, others = {}, 0
    for row in models:
        if row.name == results.headline:
            styles[row.name] = {"color": HEADLINE, "linewidth": 3, "zorder": 4}
        elif not row.uses:
            styles[row.name] = {"color": CONTROL, "linewidth": 1.5, "linestyle": "--", "zorder": 3}
        else:
            line = LINES[others // len(OTHERS) % len(LINES)]
            styles[row.name] = {"color": OTHERS[others % len(OTHERS)], "linewidth": 1.2, "linestyle": line}
            others += 1
    return styles


def panels(count: int, height: float = 3.0, columns: int = 3, sharex: bool = True) -> tuple[Figure, list[Axes]]:
    """A figure 8 inches wide with `count` panels, `columns` in a row, each row `height` inches high."""
    columns = min(columns, count)
    rows = -(-count // columns)
    figure = Figure(figsize=(8, height * rows + 1), dpi=DPI, layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False, sharex=sharex, sharey=True).ravel()
    for spare in grid[count:]:
        spare.remove()
    for axes in grid[:count]:
        axes.tick_params(labelbottom=True)
        axes.spines[["top", "right"]].set_visible(False)
    return figure, list(grid[:count])


def headed(figure: Figure, what: str, results: Results, scheme: str) -> None:
    figure.suptitle(f"{what}: {title_of(results)}\n{SCHEME_TITLES[scheme]}", fontsize=11)


def save(figure: Figure, path: Path, facecolor: str = "white") -> Path:
    """Save a figure as PNG or SVG by the suffix; the same figure gives the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    metadata = {"Date": None} if path.suffix == ".svg" else None
    with matplotlib.rc_context({"svg.hashsalt": "glioma-zoo"}):
        figure.savefig(path, metadata=metadata, facecolor=facecolor)
    return path


def spread(values: Sequence[float], gap: float, low: float = -np.inf, high: float = np.inf) -> np.ndarray:
    """Move values as little as needed, in least squares, for none to be nearer than `gap` to the next.

    All stay between low and high, which must be far enough apart.
    """
    order = np.argsort(values, kind="stable")
    steps = gap * np.arange(len(order))
    moved = np.empty(len(order))
    moved[order] = isotonic_regression(np.asarray(values)[order] - steps, y_min=low, y_max=high - steps[-1]) + steps
    return moved
