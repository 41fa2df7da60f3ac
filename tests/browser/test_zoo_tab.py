"""The Zoo tab as a visitor meets it: leaderboard, plots, cards, and results of their own."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import gradio as gr
import pytest
from playwright.sync_api import expect

from made_up_leaderboard import MODELS, made_up_leaderboard
from made_up_results import HEADLINE, made_up_results
from page_actions import open_zoo
from training.evaluation.results import save_results
from zoo.page.leaderboard.leaderboard_tab import zoo_tab
from zoo.page.serve import CSS, THEME

OTHERS = ("single-t2.compact", "single-flair.compact")
BEST, SECOND, CONTROL = MODELS
BOARD = made_up_leaderboard((BEST, SECOND, *OTHERS, CONTROL))


@pytest.fixture(scope="module")
def url(serve, registry, tmp_path_factory):
    """The tab alone, with a leaderboard that is made up."""
    path = tmp_path_factory.mktemp("board") / "leaderboard.json"
    path.write_text(json.dumps(BOARD))
    with gr.Blocks() as blocks:
        zoo_tab(registry, {"api_visibility": "private", "show_progress": "hidden"}, path)
    return serve(blocks, css=CSS, theme=THEME)


@pytest.fixture
def zoo(page, url):
    page.goto(url)
    page.wait_for_selector("#plots svg")
    return page


def load(page, path):
    with page.expect_file_chooser() as chooser:
        page.click("#own-results")
    chooser.value.set_files(path)


def choose(page, model_id):
    page.locator("#highlights input").click()
    page.get_by_role("option", name=f"({model_id})").click()
    page.keyboard.press("Escape")


def plot(page, title):
    return page.locator("#plots figure", has_text=title)


def test_the_tab_of_the_app_itself_opens(visit):
    """With its leaderboard where it has one, and without it with the command that makes it."""
    open_zoo(visit)
    expect(visit.locator("#standings table").or_(visit.locator("#standings-message section"))).to_be_visible()
    expect(visit.locator("#models details").first).to_be_visible()
    visit.get_by_role("tab", name="Grade").click()
    expect(visit.locator("#grade")).to_be_visible()


def test_the_table_ranks_explains_and_warns(zoo):
    rows = zoo.locator("#standings tbody tr")
    assert [row.get_attribute("data-standing") for row in rows.all()] == list(BOARD["models"])
    expect(rows.first).to_contain_text("1800 simulated gliomas, no patient")
    expect(rows.first.locator("[data-label='other scanners']")).to_contain_text("0.80 / 0.80; Brier 0.")
    expect(rows.first).to_contain_text(re.compile(r"0\.\d{3} \[0\.\d{3}, \d\.\d{3}\]"))
    expect(zoo.locator("#standings")).to_contain_text("say nothing about patients")
    expect(zoo.locator("#standings")).to_contain_text("Research demonstration, not a medical device")
    expect(zoo.locator("#standings abbr", has_text="ECE")).to_have_attribute("title", re.compile("calibration error"))


def test_the_words_and_the_cards_open_by_keyboard(zoo):
    words = zoo.locator("#standings summary")
    words.focus()
    zoo.keyboard.press("Enter")
    expect(zoo.locator("#standings dd", has_text="the chance that an HGG")).to_be_visible()
    card = zoo.locator(f"#models [data-model='{BEST}']")
    card.locator("summary").focus()
    zoo.keyboard.press("Enter")
    expect(card.locator("dd", has_text="arXiv 2401.09029")).to_be_visible()


def test_pointing_at_a_faint_model_names_it_and_brings_it_out(zoo):
    curve = plot(zoo, "ROC curves").locator("g", has_text=OTHERS[0])
    line = curve.locator(".zoo-line")
    expect(line).to_have_css("opacity", "0.25")
    middle = line.evaluate(
        """path => {
          const {x, y} = path.getPointAtLength(path.getTotalLength() / 2).matrixTransform(path.getScreenCTM())
          const {left, top} = path.parentElement.getBoundingClientRect()
          return {x: x + 3 - left, y: y - top}  // beside the line, as a hand is not that steady
        }"""
    )
    curve.hover(position=middle)
    expect(line).to_have_css("opacity", "1")
    assert OTHERS[0] in curve.locator("title").text_content()


def test_models_are_chosen_and_taken_back_one_by_one_or_all(zoo):
    roc, reliability = plot(zoo, "ROC curves"), plot(zoo, "Reliability")
    highlights, legend = roc.locator("[class*=zoo-mark-]"), zoo.locator("#plots .zoo-legend")
    expect(highlights).to_have_count(3)
    for name in OTHERS:  # without waiting for the plots
        choose(zoo, name)
    expect(highlights).to_have_count(4)
    expect(legend).to_contain_text(OTHERS[0])
    expect(legend).not_to_contain_text(OTHERS[1])
    expect(reliability.locator("g", has_text=OTHERS[0])).to_have_count(1)
    zoo.locator("#highlights .token-remove").first.click()
    zoo.locator("#highlights .token-remove").first.click()
    choose(zoo, OTHERS[1])
    expect(legend).to_contain_text(OTHERS[1])
    expect(highlights).to_have_count(3)
    zoo.locator("#highlights .remove-all").click()
    expect(highlights).to_have_count(0)


def test_own_results_take_the_place_of_the_leaderboard_until_it_is_called_back(zoo, tmp_path):
    path = tmp_path / "mine.json"
    save_results(path, made_up_results())
    load(zoo, path)
    expect(zoo.locator("#standings")).to_contain_text("Your own results: cohort made up, 166 cases")
    expect(zoo.locator(f"#standings tr[data-standing='{HEADLINE}']")).to_have_count(1)
    expect(zoo.locator("#standings abbr", has_text="other")).to_have_count(0)
    expect(zoo.locator("#plots .zoo-legend")).to_contain_text("site-control")
    zoo.locator("#highlights .token-remove").last.click()
    expect(zoo.locator("#plots .zoo-legend")).not_to_contain_text("site-control")
    choose(zoo, "site-control")
    expect(zoo.locator("#plots .zoo-legend")).to_contain_text("site-control")
    zoo.click("#back-to-leaderboard")
    expect(zoo.locator(f"#standings tr[data-standing='{CONTROL}']")).to_have_count(1)
    expect(zoo.locator("#back-to-leaderboard")).not_to_be_visible()
    expect(zoo.locator("#plots .zoo-legend")).to_contain_text(CONTROL)


def test_a_faulty_file_is_told_changes_nothing_and_a_good_one_follows(zoo, tmp_path):
    path = tmp_path / "mine.json"
    path.write_text('{"format": 1}')
    load(zoo, path)
    message = zoo.locator("#standings-message")
    expect(message).to_contain_text("mine.json: expected a results file of format 1, as `python -m training evaluate")
    expect(zoo.locator("#standings tbody tr")).to_have_count(len(BOARD["models"]))
    save_results(path, made_up_results())
    load(zoo, path)
    expect(zoo.locator("#standings")).to_contain_text("Your own results")
    expect(message).not_to_contain_text("expected a results file")


def test_an_uploaded_file_is_deleted_once_it_is_read(zoo, tmp_path):
    path = tmp_path / "deleted-afterwards.json"
    save_results(path, made_up_results())
    load(zoo, path)
    expect(zoo.locator("#standings")).to_contain_text("Your own results")
    assert not list(Path(os.environ["GRADIO_TEMP_DIR"]).rglob(path.name))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 700, 1280])
def test_nothing_is_wider_than_the_screen_or_too_small_to_read(zoo, width, scheme):
    zoo.emulate_media(color_scheme=scheme)
    zoo.set_viewport_size({"width": width, "height": 844})
    assert zoo.evaluate("document.documentElement.scrollWidth") <= width
    for letters in zoo.locator("#plots svg text").all():
        assert letters.evaluate("text => text.getBoundingClientRect().height") > 8
