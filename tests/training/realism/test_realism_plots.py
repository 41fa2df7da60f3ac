"""Plots hold both cohorts."""

from __future__ import annotations

import numpy as np
import pytest

from training.realism import realism_plots as plots
from training.realism.intensities import CHANNELS, REGIONS
from training.realism.realism_plots import plot_facts, plot_intensities
from training.realism.shapes import compare_facts


@pytest.fixture
def draw(tmp_path, monkeypatch):
    """The figure that a plot would save."""
    kept = []
    monkeypatch.setattr(plots, "save", lambda figure, path: kept.append(figure))

    def drawn(plot, *what):
        plot(*what, tmp_path / "plot.png")
        return kept[-1]

    return drawn


def test_intensities_have_a_panel_a_region_and_channel(draw):
    samples = [{region: np.ones((5, 9)) for region in REGIONS}]
    empty = [{region: np.ones((5, 0)) for region in REGIONS}]
    both, one = (draw(plot_intensities, samples, other).axes for other in (samples, empty))
    assert len(both) == len(REGIONS) * len(CHANNELS)
    assert {len(axes.patches) for axes in both} == {2}
    assert {len(axes.patches) for axes in one} == {1}


def test_facts_show_the_share_of_cases(draw):
    facts = compare_facts([{"ml": 1.0}, {"ml": 3.0}], [{"ml": 2.0}] * 3)
    (axes,) = draw(plot_facts, facts).axes
    real, simulated = axes.get_lines()
    assert set(real.get_xdata()) == {1.0, 3.0}
    assert set(simulated.get_xdata()) == {2.0}
    assert axes.get_title() == "ml: KS 0.50"
