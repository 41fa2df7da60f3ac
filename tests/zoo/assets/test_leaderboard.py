from __future__ import annotations

import pytest
from sklearn.metrics import brier_score_loss, roc_auc_score

from zoo import ZooError
from zoo.assets.leaderboard import LEADERBOARD, read_leaderboard


def test_every_model_stands_with_its_figures_best_first(standings, board):
    assert [row.id for row in standings.rows] == list(board["models"])
    for row in standings.rows:
        told = board["models"][row.id]
        assert (row.title, row.gflops, row.trained_on) == (told["title"], told["gflops"], told["trained_on"])
        assert row.auc.value == pytest.approx(roc_auc_score(row.y, row.p_hgg))
        assert row.brier == pytest.approx(brier_score_loss(row.y, row.p_hgg))
        assert row.auc.low < row.auc.value < row.auc.high
        assert row.drop == row.auc.value - told["unseen"]["auc"]["value"]


def test_the_order_is_that_of_the_aucs(board, write):
    board["models"] = dict(reversed(board["models"].items()))
    aucs = [row.auc.value for row in read_leaderboard(write(board)).rows]
    assert aucs == sorted(aucs, reverse=True)


def test_it_says_what_the_figures_are_and_what_could_be_reached(standings):
    text = " ".join(standings.about)
    assert "80 simulated studies" in text
    assert "say nothing about patients" in text
    assert "reaches an AUC of 0.959 [0.931, 0.976] (the best single sign, enhancing volume, 0.810)" in text
    assert standings.ceiling.value == 0.959


def test_where_there_is_none_the_command_is_named(tmp_path):
    with pytest.raises(ZooError, match="No leaderboard is here yet: `python -m training zoo` writes one"):
        read_leaderboard(tmp_path / "leaderboard.json")


@pytest.mark.parametrize("change", [{"format": 2}, {"models": None}, {"held_out": {}}])
def test_another_format_is_told(board, write, change):
    with pytest.raises(ZooError, match="expected a leaderboard of format 1"):
        read_leaderboard(write(board | change))


def test_the_embedded_one_is_read_where_it_is():
    if LEADERBOARD.is_file():
        assert len(read_leaderboard(LEADERBOARD).rows) > 10
