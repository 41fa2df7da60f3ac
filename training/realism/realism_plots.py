"""Plots of what was measured: intensities by region, sizes and shapes, what the scanner left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypedDict

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..report.drawing import DPI, HEADLINE, OTHERS, save
from .intensities import CHANNELS, REGIONS, Samples, pooled


class LineStyle(TypedDict):
    """Colour of a cohort's lines, and its name in the legend."""

    color: str
    label: str


REAL: LineStyle = {"color": HEADLINE, "label": "real"}
SIMULATED: LineStyle = {"color": OTHERS[0], "label": "simulated"}
WINDOWS = {"t1": (0, 2), "t1ce": (0, 2), "t2": (0, 4.5), "flair": (0, 3.5), "delta": (-0.6, 1.2)}
BINS = 60


def plot_intensities(real: Sequence[Samples], simulated: Sequence[Samples], path: Path) -> Path:
    """Plot histograms of area 1, a row a region and a column a channel."""
    figure = Figure(figsize=(15, 10), dpi=DPI, layout="constrained")
    grid = figure.subplots(len(REGIONS), len(CHANNELS), squeeze=False)
    for row, region in zip(grid, REGIONS, strict=True):
        for column, (axes, channel) in enumerate(zip(row, CHANNELS, strict=True)):
            for samples, style in ((real, REAL), (simulated, SIMULATED)):
                _histogram(axes, pooled(samples, region)[column], WINDOWS[channel], style)
            axes.set_title(f"{region}, {channel}", fontsize=9)
            axes.set_yticks([])
    grid[0, 0].legend(fontsize=8)
    figure.supxlabel("intensity, white matter = 1")
    return save(figure, path)


def _histogram(axes: Axes, values: np.ndarray, window: tuple[float, float], style: LineStyle) -> None:
    if len(values):
        axes.hist(np.clip(values, *window), bins=BINS, range=window, density=True, histtype="step", **style)


def plot_facts(facts: Mapping[str, Any], path: Path, columns: int = 4) -> Path:
    """Plot what share of the cases has at most so much, a panel a fact."""
    rows = -(-len(facts) // columns)
    figure = Figure(figsize=(15, 2.6 * rows), dpi=DPI, layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False).ravel()
    for spare in grid[len(facts) :]:
        spare.remove()
    for axes, (name, fact) in zip(grid, facts.items(), strict=False):
        axes.ecdf(fact["real"], **REAL)
        axes.ecdf(fact["simulated"], **SIMULATED)
        axes.set_title(f"{name}: KS {fact['distance']:.2f}", fontsize=9)
    grid[0].legend(fontsize=8)
    return save(figure, path)
