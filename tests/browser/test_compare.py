"""Several models on one study, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from page_actions import PATIENCE_MS, READY, choose, try_example, upload

MODELS = ("Guided dual attention", "T1ce alone (single-t1ce.compact)")
LONG_MS = 3 * PATIENCE_MS


@pytest.fixture
def comparing(visit):
    """The tab, with two models chosen."""
    visit.get_by_role("tab", name="Compare models").click()
    visit.get_by_role("button", name="Models: all").click()
    visit.locator("#compared").get_by_role("button", name="Clear").click()
    for title in MODELS:
        choose(visit, "compared", title)
    visit.keyboard.press("Escape")
    return visit


def _ready(page, side):
    page.wait_for_selector(READY.replace("viewer", f"{side}-viewer", 1), timeout=LONG_MS)


def _position(page, side):
    return page.locator(f"#{side}-viewer [data-part=position]").inner_text()


def test_models_stand_side_by_side_and_look_at_the_same_place(comparing, drawn, make_study):
    upload(comparing, sorted(make_study().iterdir()))
    comparing.click("#compare")
    expect(comparing.locator("#comparison [data-graded='2']")).to_be_visible(timeout=LONG_MS)
    expect(comparing.locator("#comparison tbody tr")).to_have_count(2)
    expect(comparing.locator("#comparison")).to_contain_text("not a medical device")
    expect(comparing.locator("#contributions [data-explained='2']")).to_be_visible(timeout=LONG_MS)
    for side in ("left", "right"):
        _ready(comparing, side)
    comparing.locator("#left-viewer canvas").press("PageUp")
    comparing.locator("#left-viewer button", has_text="Axial").click()
    expect(comparing.locator("#right-viewer [data-part=position]")).to_have_text(_position(comparing, "left"))
    assert _position(comparing, "left").startswith("Axial")
    choose(comparing, "right-model", "T2 alone")
    _ready(comparing, "right")
    assert _adds_up(comparing.locator("#contributions tbody tr").first.inner_text())


def _adds_up(row):
    """T1, T1ce, T2, FLAIR, nothing ± its spread, answer."""
    *values, nothing, _, answer = map(float, re.findall(r"[+-]?\d+\.\d+", row))
    return abs(sum(values) + nothing - answer) < 0.05


def test_a_cancel_keeps_what_was_found(comparing):
    try_example(comparing)
    expect(comparing.locator("#scans")).to_contain_text("simulated-hgg_flair")
    comparing.click("#compare")
    expect(comparing.locator("#comparison [data-graded='2']")).to_be_visible(timeout=LONG_MS)
    comparing.click("#cancel-comparison")
    expect(comparing.locator("#comparing")).to_contain_text("Cancelled", timeout=PATIENCE_MS)
    expect(comparing.locator("#comparison tbody tr")).to_have_count(2)


def test_another_study_takes_the_old_answers_away(comparing, make_study):
    upload(comparing, sorted(make_study().iterdir()))
    comparing.click("#compare")
    expect(comparing.locator("#comparison [data-graded='2']")).to_be_visible(timeout=LONG_MS)
    comparing.click("#cancel-comparison")
    upload(comparing, sorted(make_study(name="case2").iterdir()))
    expect(comparing.locator("#comparison tbody tr")).to_have_count(0)
