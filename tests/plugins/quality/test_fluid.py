"""Fluid is found where a common brain and the study's own scans have it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from odd_studies import simulated
from zoo import MODALITIES
from zoo.plugins.quality.fluid import brightness, likely_fluid, ranks
from zoo.plugins.quality.grid import standardised


def test_fluid_is_dark_on_t1_and_flair_and_bright_on_t2():
    coarse = standardised(simulated(1))
    rank = ranks(coarse, MODALITIES)
    likely = likely_fluid(coarse, rank)
    found = {name: brightness(rank[name], likely) for name in MODALITIES}
    assert found["t1"] < 0.25
    assert found["flair"] < 0.35
    assert found["t2"] > 0.75


def test_ranks_need_no_scale_and_no_more_than_the_scans_there_are():
    coarse = standardised(simulated(1))
    scaled = ranks(replace(coarse, images=2 * coarse.images), ("t2",))
    np.testing.assert_array_equal(scaled["t2"], ranks(coarse, MODALITIES)["t2"])
    assert list(scaled) == ["t2"]


def test_where_nothing_is_likely_fluid_nothing_is_told():
    assert brightness(np.linspace(0, 1, 5), np.zeros(5)) == 0.5
    assert brightness(np.linspace(0, 1, 5), np.array([0, 0, 0, 0, 2.0])) == 1.0
