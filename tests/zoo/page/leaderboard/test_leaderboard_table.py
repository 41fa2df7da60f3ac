from __future__ import annotations

import re
from dataclasses import fields, replace
from html import escape

import pytest

from made_up_leaderboard import with_auc
from zoo import DISCLAIMER
from zoo.assets.leaderboard import Estimate
from zoo.assets.standings import Standing, Standings
from zoo.page.leaderboard.leaderboard_table import COLUMNS, standings_section

NASTY = "<script>alert('x')</script>\" onmouseover=\"alert(1)"


def _row(section, model_id):
    return section.split(f'data-standing="{model_id}"')[1].split("</tr>")[0]


def test_a_row_tells_figures_intervals_and_what_trained_the_model(standings):
    section = standings_section(standings)
    assert re.findall('data-standing="(.+?)"', section) == [row.id for row in standings.rows]
    first, last = standings.rows[0], standings.rows[-1]
    row = _row(section, first.id)
    told = (first.title, first.trained_on, "0.32 M", "2.1", f"{first.brier:.3f}", f"{first.auc.low:.3f}")
    assert all(text in row for text in (*told, f"<strong>{first.auc.value:.3f}</strong>"))
    assert "&lt; 0.1" in _row(section, last.id)


def test_places_are_told_from_to(standings):
    rows = [replace(row, places=places) for row, places in zip(standings.rows, [(1, 2), (3, 3), None], strict=True)]
    section = standings_section(Standings((), tuple(rows)))
    assert [_cell(_row(section, row.id), "places") for row in rows] == ["1–2", "3", "–"]


def test_every_word_of_the_header_is_explained_to_pointers_and_to_keyboards(standings):
    section = standings_section(standings)
    titles = {label: meaning for meaning, label in re.findall('<abbr title="(.+?)">(.+?)</abbr>', section)}
    assert list(titles) == [column.label for column in COLUMNS]
    assert all(len(meaning) > 20 for meaning in titles.values())
    assert section.split("<details>")[1].count("<dt>") == len(COLUMNS)


def test_it_says_that_it_is_no_medical_device(standings):
    section = standings_section(standings)
    assert DISCLAIMER in section
    assert all(escape(sentence) in section for sentence in standings.about)


def test_columns_of_which_nothing_is_known_are_left_out(standings):
    rows = [replace(row, seconds=None, unseen=None, shifted=None, gflops=None, places=None) for row in standings.rows]
    labels = re.findall('<abbr title=".+?">(.+?)</abbr>', standings_section(Standings((), tuple(rows))))
    assert labels == ["family", "trained on", "parameters", "AUC", "Brier", "ECE"]
    rows[0] = replace(rows[0], gflops=8.5)
    section = standings_section(Standings((), tuple(rows)))
    assert "8.5" in _row(section, rows[0].id)
    assert '<td data-label="GFLOPs">–</td>' in _row(section, rows[1].id)


def _cell(row, label):
    return row.split(f'data-label="{label}">')[1].split("</td>")[0]


def test_other_scanners_and_the_other_simulator_have_all_that_the_held_out_studies_have(standings):
    first = standings.rows[0]
    row = _row(standings_section(standings), first.id)
    assert _cell(row, "AUC").endswith("</span><small>0.80 / 0.80</small>")
    for label, figures in (("other scanners", first.shifted), ("other simulator", first.unseen)):
        cell = _cell(row, label)
        assert f"<strong>{figures.auc.value:.3f}</strong> <small>[{figures.auc.low:.3f}" in cell
        drop = f"{figures.auc.value - first.auc.value:+.3f}".replace("-", "−")
        assert f"<small>{drop}; 0.80 / 0.80; Brier {figures.brier.value:.3f}, ECE {figures.ece.value:.3f}" in cell


def test_where_no_threshold_was_asked_about_none_is_told(standings):
    figures = replace(standings.rows[0].shifted, sensitivity=None)
    rows = (replace(standings.rows[0], held_out=figures, shifted=figures),)
    section = standings_section(Standings((), rows))
    assert _cell(_row(section, rows[0].id), "AUC").endswith("</span>")
    assert "<small>+0.000; Brier " in _cell(_row(section, rows[0].id), "other scanners")


@pytest.mark.parametrize(
    ("auc", "left", "width"), [(Estimate(0.7, 0.55, 1.0), "25.0%", "75.0%"), (Estimate(0.2, 0.1, 0.7), "0.0%", "50.0%")]
)
def test_the_bar_is_the_interval_on_one_scale_for_all(standings, auc, left, width):
    section = standings_section(Standings((), (with_auc(standings.rows[0], auc),)))
    assert f'<i style="left:{left};width:{width}">' in section


def test_text_of_others_is_escaped(standings):
    texts = {field.name: NASTY for field in fields(Standing) if field.type == "str"}
    section = standings_section(Standings((NASTY,), (replace(standings.rows[0], **texts),)))
    assert texts.keys() == {"id", "title", "family", "trained_on", "weights"}
    assert "<script" not in section
    assert '" onmouseover' not in section


def test_nothing_gives_nothing():
    assert standings_section(Standings((), ())) == ""
