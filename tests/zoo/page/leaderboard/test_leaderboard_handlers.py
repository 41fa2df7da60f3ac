"""A visitor's results take the leaderboard's place, without a browser."""

from __future__ import annotations

import pytest

from made_up_results import made_up_results
from training.evaluation.results import save_results
from zoo.page.leaderboard.leaderboard_handlers import Leaderboard, LeaderboardWidgets

WIDGETS = LeaderboardWidgets("own", "message", "table", "chosen", "curves", "back")


@pytest.fixture
def leaderboard(standings):
    return Leaderboard(standings, "nothing is missing", WIDGETS)


def test_own_results_are_shown_and_the_leaderboard_comes_back(leaderboard, standings, tmp_path):
    upload = tmp_path / "mine.json"
    save_results(upload, made_up_results())
    shown = leaderboard.load(str(upload))
    assert shown.keys() == set(WIDGETS.outputs)
    assert [row.id for row in shown["own"].rows] != [row.id for row in standings.rows]
    assert (shown["back"].visible, shown["message"], upload.exists()) == (True, "", False)
    again = leaderboard.back()
    assert again.keys() == set(WIDGETS.outputs)
    assert (again["own"], again["back"].visible, again["message"]) == (None, False, "nothing is missing")
    assert again["table"] != shown["table"]


def test_a_faulty_file_is_deleted_and_changes_the_message_only(leaderboard, tmp_path):
    upload = tmp_path / "mine.json"
    upload.write_text("no results")
    shown = leaderboard.load(str(upload))
    assert shown.keys() == {"message"}
    assert "be shown" in shown["message"]
    assert not upload.exists()


def test_curves_are_drawn_of_what_is_shown(leaderboard, tmp_path):
    upload = tmp_path / "mine.json"
    save_results(upload, made_up_results())
    own = leaderboard.load(str(upload))["own"]
    assert leaderboard.draw(None, []) == {"curves": leaderboard.draw(leaderboard.embedded, [])["curves"]}
    assert leaderboard.draw(own, []) != leaderboard.draw(None, [])
