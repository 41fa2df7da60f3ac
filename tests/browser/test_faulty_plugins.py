"""The page with sixteen faulty plugins installed: it stays up, names them, and the built-in models go on grading."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import expect

from faulty_plugins import AT_LOADING, REASONS, install_faulty_plugins
from page_actions import PATIENCE_MS, card, choose, draw_nothing, open_zoo, upload

GOOD = "T1ce alone (single-t1ce.compact)"


@pytest.fixture(scope="module")
def site(start_app, tmp_path_factory):
    """In place of the app as it is: the app of someone who has installed the faulty plugins."""
    folder = tmp_path_factory.mktemp("site-packages")
    install_faulty_plugins(folder)
    with start_app(PYTHONPATH=str(folder)) as url:
        yield url


@pytest.fixture
def study(visit, make_study):
    """The page with a small study in it."""
    upload(visit, sorted(make_study().iterdir()))
    return visit


def grade(page, model):
    choose(page, "model", model)
    page.click("#grade")


def expect_a_grade(page):
    grade(page, GOOD)
    expect(page.locator("#card")).to_contain_text("single-t1ce.compact", timeout=PATIENCE_MS)
    card(page, "graded")


def test_faults_at_loading_are_in_sight(visit):
    assert REASONS.keys() == AT_LOADING.keys()
    notice = visit.locator("#faults .zoo-faults")
    assert notice.locator("li").count() == len(REASONS)
    for plugin, reason in REASONS.items():
        line = notice.locator("li", has_text=plugin)
        assert line.is_visible()
        assert reason in line.inner_text()


@pytest.mark.parametrize("width", [390, 700, 1280])
def test_a_card_unfolds_without_scrolling_sideways(visit, width):
    visit.set_viewport_size({"width": width, "height": 844})
    open_zoo(visit)
    card = visit.locator("#models [data-model='guided-dual-attention.paper']")
    command = card.locator("code")
    assert not command.is_visible()
    card.locator("summary").click()
    assert "not trained yet" in card.inner_text()
    assert command.inner_text() == "python -m training fit guided-dual-attention.paper --cohort DIR"
    assert "of the plugin nan_output" in visit.locator("#models details", has_text="nan_output").inner_text()
    for element in (visit.locator("html"), card):
        assert element.evaluate("element => element.scrollWidth - element.clientWidth") == 0


def test_only_trained_models_are_offered(visit):
    visit.locator("#model input").click()
    offered = visit.get_by_role("option").all_inner_texts()
    assert any(GOOD in text for text in offered)
    assert not any("guided-dual-attention.paper" in text for text in offered)


@pytest.mark.parametrize(
    ("plugin", "words"),
    [("crash_in_build", "out of cheese"), ("wrong_shape", "found (1, 1)"), ("nan_output", "not a finite number")],
)
def test_a_fault_at_grading_is_named_and_costs_one_answer(study, plugin, words):
    grade(study, f"Faulty ({plugin})")
    text = card(study, "error").inner_text()
    assert f"of the plugin {plugin}" in text
    assert words in text
    expect_a_grade(study)


def test_a_model_that_hangs_is_named_and_can_be_cancelled(study):
    grade(study, "Faulty (endless)")
    expect(study.locator("#card")).to_contain_text("Grading with Faulty of the plugin endless", timeout=PATIENCE_MS)
    time.sleep(1)
    card(study, "working")
    study.click("#cancel")
    card(study, "cancelled")
    expect_a_grade(study)


def test_closing_the_tab_ends_its_work(browser, site, study, make_study):
    """The next visitor is served, though a model that never ends was grading."""
    another = browser.new_context().new_page()
    draw_nothing(another)
    another.goto(site)
    upload(another, sorted(make_study(name="another").iterdir()))
    grade(another, "Faulty (endless)")
    expect(another.locator("#card")).to_contain_text("Grading with Faulty of the plugin endless", timeout=PATIENCE_MS)
    another.context.close()
    expect_a_grade(study)


@pytest.mark.parametrize(("plugin", "words"), [("segfault", "crashed"), ("memory_hog", "memory")])
def test_a_model_that_takes_its_process_down_costs_one_answer(study, plugin, words):
    grade(study, f"Faulty ({plugin})")
    assert words in card(study, "error").inner_text()
    expect_a_grade(study)
