from __future__ import annotations

import json

import pytest
from sklearn.metrics import brier_score_loss, roc_auc_score

from made_up_leaderboard import MODELS, without_shift
from zoo import ZooError
from zoo.assets.leaderboard import FORMAT, LEADERBOARD, AucDifference, Leaderboard, read_leaderboard
from zoo.assets.standings import read_standings


def test_every_model_stands_with_its_figures_best_first(standings, board):
    assert [row.id for row in standings.rows] == list(board["models"])
    for row in standings.rows:
        told = board["models"][row.id]
        assert (row.title, row.gflops, row.trained_on) == (told["title"], told["gflops"], told["trained_on"])
        assert row.auc.value == pytest.approx(roc_auc_score(row.y, row.p_hgg))
        assert row.brier == pytest.approx(brier_score_loss(row.y, row.p_hgg))
        assert row.auc.low < row.auc.value < row.auc.high
        assert row.unseen.auc.value == told["unseen"]["auc"]["value"]
        assert row.shifted.auc.value == told["shifted"]["auc"]["value"]


def test_the_order_is_that_of_the_aucs(board, write):
    board["models"] = dict(reversed(board["models"].items()))
    aucs = [row.auc.value for row in read_standings(write(board)).rows]
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
        assert len(read_leaderboard(LEADERBOARD).models) > 10


def test_the_embedded_one_is_written_as_it_was_read():
    text = LEADERBOARD.read_text(encoding="utf-8")
    again = json.dumps(Leaderboard.from_json(json.loads(text)).to_json(), indent=1, ensure_ascii=False) + "\n"
    assert again == text


def test_what_other_scanners_give_are_the_held_out_studies(board):
    found = Leaderboard.from_json(board)
    assert found.cohorts == ("held_out", "shifted", "unseen")
    assert found.cohort("shifted") is found.held_out
    assert found.cohort("unseen") is found.unseen


def test_a_file_without_them_is_read_and_written_as_it_is(board):
    older = without_shift(board)
    found = Leaderboard.from_json(older)
    assert found.cohorts == ("held_out", "unseen")
    assert found.modality_gain is None
    again = found.to_json()
    assert again.keys() == older.keys()
    assert [row.keys() for row in again["models"].values()] == [row.keys() for row in older["models"].values()]
    assert Leaderboard.from_json(board).to_json()["modality_gain"] == board["modality_gain"]


def test_a_difference_shows_its_sign_interval_and_p():
    assert str(AucDifference(0.0441, 0.0123, 0.0762, 0.0071)) == "+0.044 [+0.012, +0.076], p = 0.007"
    assert str(AucDifference(-0.02, -0.05, 0.01, 0.0004)) == "−0.020 [−0.050, +0.010], p < 0.001"
    assert str(AucDifference(0.0, None, None, None)) == "+0.000"


def _drop(*names):
    """A change that takes the entry at a path of keys out of a board."""

    def change(board):
        for name in names[:-1]:
            board = board[name]
        board.pop(names[-1])

    return change


def _put(value, *names):
    def change(board):
        for name in names[:-1]:
            board = board[name]
        board[names[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (_drop("format"), f"expected the format {FORMAT}, found None"),
        (_drop("simulator"), "expected an entry 'simulator', found none"),
        (_drop("models", MODELS[0], "held_out", "p_hgg"), f"{MODELS[0]}, held_out: expected an entry 'p_hgg'"),
        (_put("fast", "models", MODELS[0], "seconds"), f"{MODELS[0]}, seconds: expected a number, found text"),
        (_put([0.5], "models", MODELS[1], "unseen", "p_hgg"), "expected 80 probabilities, one for each case; found 1"),
        (_put([0.5], "models", MODELS[1], "shifted", "p_hgg"), "shifted: expected 80 probabilities, one for each case"),
        (_put(["G4"] * 80, "held_out", "grades"), "held_out: expected grades LGG and HGG, found ['G4']"),
    ],
)
def test_a_faulty_file_is_told_in_a_sentence(board, write, change, found):
    change(board)
    with pytest.raises(ZooError) as raised:
        read_leaderboard(write(board))
    assert found in str(raised.value)
    assert str(raised.value).endswith("Write it anew.")


@pytest.mark.parametrize("values", [[], None, "text"])
def test_other_json_is_no_leaderboard(write, values):
    with pytest.raises(ZooError, match="the file: expected an object, found"):
        read_leaderboard(write(values))
