"""Plots as small inline SVG: drawn once on the server, sharp at any width, coloured by the page's own style sheet."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import numpy as np

WIDTH, HEIGHT = 360, 300
LEFT, RIGHT, TOP, BOTTOM = 46, 14, 10, 44
STEP = 0.5
"""Coordinates are rounded to this many pixels: a curve of 20,000 cases stays small, and looks the same."""


@dataclass(frozen=True)
class Axis:
    """An axis of a plot. low, high: the values at its ends. ticks: values and what is written beside them. log: even
    steps are factors."""

    label: str
    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    log: bool = False

    def share(self, values: np.ndarray) -> np.ndarray:
        """How far along the axis, 0 at its low and 1 at its high end; float64 [N]."""
        if self.log:
            return np.log(values / self.low) / np.log(self.high / self.low)
        return (values - self.low) / (self.high - self.low)


UNIT_TICKS = tuple((tick / 4, f"{tick / 4:.2f}".rstrip("0").rstrip(".")) for tick in range(5))


def unit_axis(label: str) -> Axis:
    return Axis(label, 0, 1, UNIT_TICKS)


@dataclass(frozen=True)
class Panel:
    x: Axis
    y: Axis

    def at(self, x: np.ndarray | float, y: np.ndarray | float) -> tuple[np.ndarray, np.ndarray]:
        """Pixels from the left and from the top, float64 [N] each."""
        across, up = self.x.share(np.atleast_1d(x)), self.y.share(np.atleast_1d(y))
        pixels = LEFT + across * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM)
        return _rounded(pixels[0]), _rounded(pixels[1])

    def line(self, x: np.ndarray, y: np.ndarray) -> str:
        """A path's `d`, without points that can't be told from the one before."""
        points = [f"{across:g} {down:g}" for across, down in zip(*self.at(x, y), strict=True)]
        distinct = [point for point, before in zip(points, ["", *points[:-1]], strict=True) if point != before]
        return f"M{'L'.join(distinct)}"

    def frame(self) -> str:
        """Axes with ticks, grid lines and labels."""
        middle = (LEFT + WIDTH - RIGHT) / 2, (TOP + HEIGHT - BOTTOM) / 2
        return (
            "".join(self._across(value, text) for value, text in self.x.ticks)
            + "".join(self._up(value, text) for value, text in self.y.ticks)
            + f'<text class="zoo-label" x="{middle[0]}" y="{HEIGHT - 6}">{escape(self.x.label)}</text>'
            + f'<text class="zoo-label" transform="translate(12 {middle[1]}) rotate(-90)">{escape(self.y.label)}</text>'
        )

    def _across(self, value: float, text: str) -> str:
        (x,), _ = self.at(value, self.y.low)
        return (
            f'<path class="zoo-grid" d="M{x:g} {TOP}V{HEIGHT - BOTTOM}"/>'
            f'<text class="zoo-tick" x="{x:g}" y="{HEIGHT - BOTTOM + 15}">{escape(text)}</text>'
        )

    def _up(self, value: float, text: str) -> str:
        _, (y,) = self.at(self.x.low, value)
        return (
            f'<path class="zoo-grid" d="M{LEFT} {y:g}H{WIDTH - RIGHT}"/>'
            f'<text class="zoo-tick zoo-tick-y" x="{LEFT - 5}" y="{y + 4:g}">{escape(text)}</text>'
        )


def figure(title: str, description: str, note: str, panel: Panel, marks: str) -> str:
    """HTML of a plot. description: what a screen reader says in place of the picture. note: below it, how to read it.
    marks: SVG inside the panel."""
    return f"""
<figure class="zoo-plot"><figcaption>{escape(title)}</figcaption>
<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(description)}">{panel.frame()}{marks}</svg>
<p>{escape(note)}</p></figure>"""


def tooltip(text: str) -> str:
    """SVG to put inside a mark: what hovering over it says."""
    return f"<title>{escape(text)}</title>"


def _rounded(pixels: np.ndarray) -> np.ndarray:
    return np.round(pixels / STEP) * STEP
