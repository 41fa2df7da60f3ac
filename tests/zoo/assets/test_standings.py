from __future__ import annotations

from dataclasses import replace

import numpy as np

from made_up_leaderboard import with_auc, without_shift
from zoo.assets.leaderboard import Estimate, Leaderboard
from zoo.assets.standings import modality_gain, ranked, standings_of, with_places


def test_an_estimate_shows_its_interval_where_it_has_one():
    assert str(Estimate(0.9051, 0.87, 0.93)) == "0.905 [0.870, 0.930]"
    assert str(Estimate(0.9051)) == "0.905"


def test_what_has_no_auc_stands_last(standings):
    first, *others = standings.rows
    lacking = with_auc(replace(first, id="lacking"), None)
    weak = with_auc(replace(first, id="weak"), Estimate(0.1))
    assert ranked([lacking, weak, *others, first]) == (first, *others, weak, lacking)


def test_places_are_those_that_chance_leaves_open(standings):
    """Of a model, its copy, and one that guesses."""
    first = standings.rows[0]
    guess = replace(first.held_out, p_hgg=tuple(np.random.default_rng(0).random(len(first.y))))
    rows = (first, replace(first, id="copy"), replace(first, id="guess", held_out=guess))
    assert [row.places for row in with_places(rows)] == [(1, 1), (1, 1), (3, 3)]
    fewer = replace(first, id="fewer", y=first.y[:-1])
    assert with_places((first, fewer)) == (first, fewer), "of other studies they are not compared"


def test_it_says_what_other_scanners_are_and_what_modalities_add_where_that_is_known(board):
    about = standings_of(Leaderboard.from_json(board)).about
    assert "as other scanners would have given them" in " ".join(about)
    assert about[-1] == (
        "Four modalities (guided-dual-attention.compact) against T1ce alone (single-t1ce-attention.compact), "
        "difference of AUC by DeLong's test: +0.044 [+0.012, +0.076], p = 0.007 on the held-out studies; −0.020 "
        "[−0.050, +0.010], p = 0.190 on these as other scanners would have given them; +0.047 [+0.020, +0.074], p < "
        "0.001 on those of the other simulator."
    )
    older = Leaderboard.from_json(without_shift(board))
    assert modality_gain(older) == ""
    assert standings_of(older).about == tuple(each for each in about[:-1] if not each.startswith("Other scanners"))
    assert all(standings_of(older).about)


def test_a_session_can_hold_them(standings):
    """Gradio hashes it."""
    hash(standings)
