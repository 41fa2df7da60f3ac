from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from sklearn.metrics import roc_curve

from made_up_leaderboard import MODELS, with_auc
from zoo.assets.leaderboard import Estimate
from zoo.assets.standings import Standings
from zoo.metrics import reliability
from zoo.page.leaderboard.leaderboard_plots import MOST_HIGHLIGHTS, default_highlights, plots
from zoo.page.leaderboard.svg import Panel, unit_axis

NASTY = "<script>alert('x')</script>"


def _figures(html):
    """Title → figure."""
    return {each.find("figcaption").text: each for each in ElementTree.fromstring(html).findall("figure")}


def _marks(figure):
    """Model id → its mark."""
    marks = figure.find("svg").findall("g")
    return {re.search(r"\(([^()]+)\): ", next(mark.iter("title")).text)[1]: mark for mark in marks}


def test_the_headline_the_best_and_the_control_are_highlighted_first(standings):
    assert default_highlights(standings) == [MODELS[0], MODELS[-1], MODELS[1]]
    best = replace(standings.rows[1], id="best")
    assert default_highlights(Standings((), (best, *standings.rows))) == [MODELS[0], "best", MODELS[-1]]
    assert default_highlights(Standings((), standings.rows[1:2])) == [MODELS[1]]


def test_every_model_has_a_named_point_and_curve_the_chosen_ones_last(standings):
    figures = _figures(plots(standings, [MODELS[1]]))
    for title in ("AUC against cost", "ROC curves"):
        marks = _marks(figures[title])
        assert set(marks) == set(MODELS)
        assert list(marks)[-1] == MODELS[1]
        assert {name: mark.get("class") for name, mark in marks.items()} == {
            name: "zoo-mark zoo-mark-1" if name == MODELS[1] else "zoo-mark" for name in MODELS
        }
        assert standings.rows[1].title in figures[title].find("svg").get("aria-label")
    assert list(_marks(figures["Reliability"])) == [MODELS[1]]


def test_the_roc_curve_is_scikit_learns(standings):
    row = standings.rows[0]
    line = next(
        path.get("d")
        for path in _marks(_figures(plots(standings, []))["ROC curves"])[row.id].findall("path")
        if path.get("class") == "zoo-line"
    )
    false_positive, true_positive, _ = roc_curve(row.y, row.p_hgg, drop_intermediate=False)
    assert line == Panel(unit_axis(""), unit_axis("")).line(false_positive, true_positive)


def test_reliability_has_a_circle_a_bin_larger_with_more_studies(standings):
    row = standings.rows[0]
    bins = reliability(row.y, row.p_hgg)
    circles = _marks(_figures(plots(standings, [row.id]))["Reliability"])[row.id].findall("circle")
    assert len(circles) == len(bins)
    radii = [float(circle.get("r")) for circle in circles]
    fullest = max(range(len(bins)), key=lambda index: bins[index].cases)
    assert radii[fullest] == max(radii)
    assert f": {bins[0].cases} studies, probability {bins[0].mean_p_hgg:.2f}" in circles[0].find("title").text


def test_no_more_are_highlighted_than_can_be_told_apart(standings):
    rows = tuple(replace(standings.rows[0], id=f"model{number}") for number in range(6))
    html = plots(Standings((), rows), [row.id for row in rows])
    assert html.count("<li class=") == MOST_HIGHLIGHTS
    assert "the other 2 are faint" in html


def test_bars_are_explained_where_there_are_any(standings):
    bare = tuple(with_auc(row, Estimate(row.auc.value)) for row in standings.rows)
    assert "The bars are 95 % intervals" in plots(standings, [])
    assert "The bars" not in plots(Standings((), bare), [])


def test_models_of_no_cost_stand_at_the_left_edge(standings):
    svg = _figures(plots(standings, []))["AUC against cost"].find("svg")
    assert "≤ 0.01" in [text.text for text in svg.iter("text")]
    assert "0.959" in "".join(svg.itertext())


@pytest.mark.parametrize(
    ("change", "left"),
    [
        (lambda row: replace(row, gflops=None), ["ROC curves", "Reliability"]),
        (lambda row: with_auc(row, None), ["Reliability"]),
        (lambda row: with_auc(row, Estimate(0.07)), ["AUC against cost", "ROC curves", "Reliability"]),
        (lambda row: replace(row, gflops=0.0), ["AUC against cost", "ROC curves", "Reliability"]),
    ],
)
def test_what_is_not_known_is_not_drawn(standings, change, left):
    rows = tuple(change(row) for row in standings.rows)
    assert list(_figures(plots(Standings((), rows), []))) == left


def test_text_of_others_is_escaped(standings):
    rows = tuple(replace(row, id=NASTY, title=NASTY) for row in standings.rows)
    html = plots(Standings((), rows), [NASTY])
    assert "<script" not in html
    assert "&lt;script" in html


def test_nothing_gives_nothing():
    assert plots(Standings((), ()), []) == ""
