from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from matplotlib.text import Text
from PIL import Image

from made_up_results import ARMS, CONTROL, HEADLINE, Arm, made_up_results
from training.evaluation.results import FOLDS, WHOLE
from training.report import drawing, shift
from training.report import result_plots as plots
from training.report.drawing import spread, styles_of
from training.report.result_plots import plot_auc_against_gflops, plot_reliability, plot_roc
from training.report.shift import Shift, plot_shift, shift_of
from training.report.summary import summarise
from training.report.write import write_report

SHIFTED = ARMS | {f"{HEADLINE} · {kind} {level}": Arm(0.8) for kind in ("bias field", "noise") for level in (1, 2)}
PLOTS = (plot_roc, plot_reliability, plot_auc_against_gflops, plot_shift)


@pytest.fixture(scope="module")
def results():
    return made_up_results(SHIFTED, repeats=2)


@pytest.fixture(scope="module")
def summary(results):
    return summarise(results, 2)


@pytest.fixture
def draw(results, summary, tmp_path, monkeypatch):
    """The figure that a plot would save."""
    kept = []
    for module in (plots, shift):
        monkeypatch.setattr(module, "save", lambda figure, path: kept.append(figure))

    def drawn(plot, results=results, summary=summary):
        plot(results, summary, tmp_path / "plot.png")
        return kept[-1]

    return drawn


def _lines(axes):
    return {line.get_label(): line for line in axes.get_lines()}


def _line_of(axes, name):
    return next(line for label, line in _lines(axes).items() if label.startswith(f"{name}: "))


def test_the_roc_curves_enclose_the_mean_auc_and_the_headline_stands_out(draw, summary):
    (axes,) = draw(plot_roc).axes
    for name in ARMS:
        line, auc = _line_of(axes, name), summary["arms"][name][FOLDS]["measures"]["auc"]["value"]
        assert np.trapezoid(line.get_ydata(), line.get_xdata()) == pytest.approx(auc, abs=0.01)
        assert f"AUC {auc:.2f}" in line.get_label()
    widths = {name: _line_of(axes, name).get_linewidth() for name in ARMS}
    assert max(widths, key=widths.get) == HEADLINE
    assert [name for name in ARMS if _line_of(axes, name).get_linestyle() == "--"] == ["site-control"]
    assert not any("·" in label for label in _lines(axes))
    assert list(_lines(axes)["chance: AUC 0.50"].get_ydata()) == [0, 1]


def test_the_band_is_one_standard_deviation_over_folds(draw, results):
    (axes,) = draw(plot_roc).axes
    (band,) = axes.collections
    curves = np.array(list(plots._curves(results, HEADLINE, FOLDS)))
    assert len(curves) == 10
    half = curves[:, 100].std(ddof=1)
    heights = band.get_paths()[0].vertices
    at_half = sorted(heights[np.isclose(heights[:, 0], 0.5), 1])
    assert at_half[0] == pytest.approx(curves[:, 100].mean() - half)
    assert at_half[-1] == pytest.approx(min(1, curves[:, 100].mean() + half))


def test_reliability_shows_every_answer_in_a_bin(draw, results, summary):
    grid = draw(plot_reliability).axes
    titles = [axes.get_title() for axes in grid]
    assert [title.split("\n")[0] for title in titles] == list(ARMS)
    assert f"ECE {summary['arms'][HEADLINE][FOLDS]['pooled']['ece']['value']:.3f}" in titles[0]
    for axes in grid:
        assert sum(int(text.get_text()) for text in axes.texts) == len(results.cases)
        points = axes.get_lines()[1]
        for (_, share), (low, high) in zip(
            points.get_xydata(), (bar[:, 1] for bar in axes.collections[0].get_segments()), strict=True
        ):
            assert low <= share + 1e-9
            assert high >= share - 1e-9


def test_cost_is_on_a_log_axis_with_an_interval_and_a_name_for_each_arm(draw, summary):
    figure = draw(plot_auc_against_gflops)
    (axes,) = figure.axes
    assert axes.get_xscale() == "log"
    assert sorted(text.get_text() for text in axes.texts) == sorted(ARMS)
    auc = summary["arms"][HEADLINE][FOLDS]["measures"]["auc"]
    (segment,) = axes.collections[0].get_segments()
    assert segment[:, 1].tolist() == pytest.approx([auc["low"], auc["high"]])
    assert segment[0, 0] == pytest.approx(2.1)
    level = summary["arms"]["site-control"][FOLDS]["measures"]["auc"]["value"]
    assert any(list(line.get_ydata()) == [level, level] for line in axes.get_lines())


def test_names_dont_overlap_even_for_equal_arms(draw):
    arms = {f"model {index}": Arm(0.9, row={"gflops": 8.3}) for index in range(15)} | {"site-control": CONTROL}
    results = made_up_results(arms, schemes=(WHOLE,))
    figure = draw(plot_auc_against_gflops, results, summarise(results, 2))
    figure.draw_without_rendering()
    boxes = sorted((Text.get_window_extent(text) for text in figure.axes[0].texts), key=lambda box: box.y0)
    assert all(below.y1 <= above.y0 for below, above in pairwise(boxes))
    assert all(box.x1 <= 800 and box.y1 <= figure.bbox.y1 for box in boxes)
    points = sorted(line.get_xdata()[0] for line in figure.axes[0].get_lines() if len(line.get_xdata()) == 1)
    assert np.diff(points).min() > 0


def test_shift_has_a_panel_a_kind_that_starts_from_the_arm_itself(draw, summary):
    left, right = draw(plot_shift).axes
    assert (left.get_title(), right.get_title()) == ("bias field", "noise")
    assert [label.get_text() for label in left.get_xticklabels()] == ["none", "1", "2"]
    names = [HEADLINE, f"{HEADLINE} · bias field 1", f"{HEADLINE} · bias field 2"]
    figures = [summary["arms"][name][FOLDS] for name in names]
    auc, ece = left.get_lines()
    assert auc.get_ydata().tolist() == [row["measures"]["auc"]["value"] for row in figures]
    assert ece.get_ydata().tolist() == [row["pooled"]["ece"]["value"] for row in figures]
    assert (auc.get_label(), auc.get_linestyle(), ece.get_linestyle()) == (HEADLINE, "-", "--")


def test_names_of_shifts():
    assert shift_of("early-fusion · bias field 2") == Shift("early-fusion", "bias field", "2")
    assert shift_of("a · b · noise 1") == Shift("a · b", "noise", "1")
    assert shift_of("early-fusion") is shift_of("early-fusion · plain") is None


def test_the_title_says_that_gliomas_are_simulated(draw, results):
    for plot in PLOTS:
        assert "simulated gliomas" in draw(plot).get_suptitle()
    real = replace(results, cohort=results.cohort | {"simulated": False})
    assert "simulated" not in draw(plot_roc, real).get_suptitle()


def test_nothing_to_draw_draws_nothing(tmp_path):
    results = made_up_results(schemes=())
    summary = summarise(results)
    assert [plot(results, summary, tmp_path / "plot.png") for plot in PLOTS] == [None] * 4
    assert not list(tmp_path.iterdir())


def test_values_are_spread_no_further_than_needed():
    assert spread([3, 1, 1.5], 1).tolist() == pytest.approx([3, 0.75, 1.75])
    assert spread([0, 5], 1).tolist() == [0, 5]
    assert spread([1, 1, 0], 0.5, low=0, high=1).tolist() == pytest.approx([0.5, 1, 0])
    assert spread([0, 0], 1, low=0, high=9).tolist() == [0, 1]


def test_up_to_fifteen_others_differ_in_colour_or_line(results):
    rows = [replace(results.models[1], name=str(index)) for index in range(15)]
    styles = styles_of(results, [results.models[0], *rows]).values()
    assert len({(style["color"], style.get("linestyle")) for style in styles}) == 16
    assert drawing.HEADLINE not in drawing.OTHERS


def test_a_report_holds_the_tables_and_each_plot_twice_and_repeats_to_the_byte(tmp_path):
    results = made_up_results({HEADLINE: Arm(0.9), f"{HEADLINE} · noise 1": Arm(0.7)}, schemes=(WHOLE,))
    first, second = (write_report(results, tmp_path / name / "new", draws=2) for name in "ab")
    assert [path.name for path in first] == [
        *("table.md", "table.csv", "roc.png", "roc.svg", "reliability.png", "reliability.svg"),
        *("auc-against-gflops.png", "auc-against-gflops.svg", "shift.png", "shift.svg"),
    ]
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes() == other.read_bytes()
    assert Image.open(first[2]).width == 800
    assert first[3].read_text().startswith("<?xml")


def test_a_report_leaves_out_plots_without_arms(tmp_path):
    written = write_report(made_up_results(schemes=()), tmp_path)
    assert [path.name for path in written] == ["table.md", "table.csv"]
