from __future__ import annotations

from dataclasses import replace

import pytest

from made_up_leaderboard import with_auc
from zoo.assets.leaderboard import Estimate
from zoo.assets.standings import ranked


def test_an_estimate_shows_its_interval_where_it_has_one():
    assert str(Estimate(0.9051, 0.87, 0.93)) == "0.905 [0.870, 0.930]"
    assert str(Estimate(0.9051)) == "0.905"


def test_what_has_no_auc_stands_last(standings):
    first, *others = standings.rows
    lacking = with_auc(replace(first, id="lacking"), None)
    weak = with_auc(replace(first, id="weak"), Estimate(0.1))
    assert ranked([lacking, weak, *others, first]) == (first, *others, weak, lacking)


def test_the_drop_needs_both_simulators(standings):
    row = with_auc(standings.rows[0], Estimate(0.9))
    row = replace(row, unseen=replace(row.unseen, auc=Estimate(0.7)))
    assert row.drop == pytest.approx(0.2)
    assert replace(row, unseen=None).drop is with_auc(row, None).drop is None


def test_a_session_can_hold_them(standings):
    """Gradio hashes it."""
    hash(standings)
