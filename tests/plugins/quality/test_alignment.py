"""A scan that was moved is found, and by how much is measured."""

from __future__ import annotations

import re

import pytest

from odd_studies import cut_below, moved, simulated
from zoo.plugins.quality import alignment
from zoo.plugins.quality.coverage import outlines_of


def check(volumes):
    outlines = outlines_of(volumes)
    return alignment.check(volumes, outlines) if outlines else []


@pytest.mark.parametrize(("shift", "turn"), [(5, 0), (0, 8), (6, 5), (20, 0)])
def test_shift_and_turn_are_measured(shift, turn):
    (finding,) = check(moved("t2", shift, turn)(simulated(1)))
    assert finding.severity == "refusal"
    found = re.search(r"T2 lies (\d+) mm and (\d+)° off what most scans share", finding.message)
    assert float(found[1]) == pytest.approx(shift, abs=2)
    assert float(found[2]) == pytest.approx(turn, abs=2)


@pytest.mark.parametrize(("shift", "turn"), [(0, 0), (1, 0), (0, 2)])
def test_a_millimetre_or_two_degrees_are_no_matter(shift, turn):
    assert check(moved("t2", shift, turn)(simulated(1))) == []


@pytest.mark.parametrize(("shift", "turn"), [(4, 0), (0, 4.5)])
def test_four_of_either_are(shift, turn):
    (finding,) = check(moved("flair", shift, turn)(simulated(1)))
    assert finding.message.startswith("FLAIR lies ")


def test_a_scan_that_ends_early_lies_where_the_others_do():
    assert check(cut_below("t1ce", 36)(simulated(1))) == []
