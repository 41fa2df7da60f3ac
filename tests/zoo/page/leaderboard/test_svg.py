from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest

from zoo.page.leaderboard.svg import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, Axis, Panel, figure, tooltip, unit_axis

COST = Axis("GFLOPs", 0.01, 100, ((1, "1"),), log=True)


def test_the_ends_of_the_axes_are_the_corners_of_the_panel():
    (left, right), (bottom, top) = Panel(unit_axis("x"), unit_axis("y")).at(np.array([0, 1]), np.array([0, 1]))
    assert (left, right, bottom, top) == (LEFT, WIDTH - RIGHT, HEIGHT - BOTTOM, TOP)


@pytest.mark.parametrize(("value", "share"), [(0.01, 0), (1, 0.5), (10, 0.75), (100, 1)])
def test_even_steps_of_a_log_axis_are_factors(value, share):
    assert COST.share(np.array([value])) == pytest.approx(share)


def test_a_curve_of_many_cases_stays_small():
    panel = Panel(unit_axis("x"), unit_axis("y"))
    steps = np.linspace(0, 1, 50_001)
    line = panel.line(steps, steps)
    assert line.startswith(f"M{LEFT} {HEIGHT - BOTTOM}L")
    assert line.endswith(f"L{WIDTH - RIGHT} {TOP}")
    assert line.count("L") < 2000


def test_a_figure_is_well_formed_and_described_whatever_its_texts():
    nasty = '<script> & "quotes"'
    html = figure(nasty, nasty, nasty, Panel(COST, unit_axis(nasty)), f"<g>{tooltip(nasty)}</g>")
    parsed = ElementTree.fromstring(html)
    svg = parsed.find("svg")
    assert (svg.get("role"), svg.get("aria-label")) == ("img", nasty)
    assert svg.find("g/title").text == parsed.find("figcaption").text == nasty
    assert [text.text for text in svg.iter("text")].count(nasty) == 1
