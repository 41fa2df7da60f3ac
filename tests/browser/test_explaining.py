"""A visitor chooses how a grade is explained: what is offered, what it costs, bars, maps, and Cancel."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from page_actions import PATIENCE_MS, READY, card, choose, heat_map, try_example, upload

LONG_MS = 3 * PATIENCE_MS
SINGLE = "T1ce alone (single-t1ce.compact)"


@pytest.fixture
def graded(visit, make_study):
    """A small study, graded by a small model."""
    upload(visit, sorted(make_study().iterdir()))
    choose(visit, "model", SINGLE)
    visit.click("#grade")
    card(visit, "graded")
    heat_map(visit)
    return visit


def told(page, explainer_id):
    """Wait for what is said in the end."""
    said = page.locator(f"#explanation [data-explainer={explainer_id}]")
    expect(said).to_be_visible(timeout=LONG_MS)
    return said


def offered(page):
    expect(page.get_by_role("option")).to_have_count(0)
    page.locator("#explainer input").click()
    options = [text.replace("✓", "").strip() for text in page.get_by_role("option").all_inner_texts()]
    page.get_by_role("heading", name="GliomaZoo").click()
    expect(page.get_by_role("option")).to_have_count(0)
    return options


def test_costs_are_told_before_and_what_does_not_suit_is_not_offered(visit):
    options = offered(visit)
    assert [text.split(" · ")[0] for text in options] == [
        "HiResCAM", "Grad-CAM", "Integrated gradients", "Occlusion", "Modality Shapley values", "Slice attention",
        "Spatial attention",
    ]  # fmt: skip
    assert all(re.search(r" · about (a second|\d+ (s|min))$", text) for text in options)
    choose(visit, "explainer", "Integrated gradients")
    note = visit.locator("#explainer-note")
    expect(note).to_contain_text("Nothing to see is white matter all over the brain. Takes about")
    choose(visit, "model", "volume-control")
    expect(note).to_contain_text("a cube of 24 mm of one modality is hidden")
    assert [text.split(" · ")[0] for text in offered(visit)] == [
        "Occlusion", "Modality Shapley values", "Modality Shapley values by dropping",
    ]  # fmt: skip


def test_explaining_alone_reads_grades_and_shows(visit, make_study):
    upload(visit, sorted(make_study().iterdir()))
    choose(visit, "model", SINGLE)
    choose(visit, "explainer", "Grad-CAM")
    visit.click("#explain")
    assert "Grad-CAM of T1ce alone" in told(visit, "grad-cam").inner_text()
    assert "not a medical device" in card(visit, "graded").inner_text()
    heat_map(visit)
    expect(visit.locator("#cancel-explanation")).not_to_be_visible()


def test_another_map_takes_the_place_of_the_first(graded, look):
    before = look(graded, "#viewer canvas").rgb
    choose(graded, "explainer", "Integrated gradients")
    graded.click("#explain")
    text = told(graded, "integrated-gradients").inner_text()
    assert re.search(r"\d+ steps add up to [+-]\d+\.\d\d of the [+-]\d+\.\d\d log-odds.*completeness delta", text)
    graded.wait_for_selector(READY, timeout=PATIENCE_MS)
    graded.wait_for_timeout(1000)
    assert (look(graded, "#viewer canvas").rgb != before).any(axis=2).sum() > 20


def test_what_each_modality_adds_adds_up_until_another_study_comes(graded, make_study):
    choose(graded, "explainer", "Modality Shapley values")
    graded.click("#explain")
    said = told(graded, "modality-shapley")
    row = said.locator("[data-modality]")
    expect(row).to_have_count(1)
    value = float(re.search(r"[+-]\d+\.\d+", row.inner_text())[0])
    nothing, everything = map(float, re.findall(r"([+-]\d+\.\d+)", said.locator("p").last.inner_text()))
    assert value + nothing == pytest.approx(everything, abs=0.02)
    upload(graded, sorted(make_study(name="case2").iterdir()))
    expect(said).to_have_count(0)


def test_progress_is_seen_and_cancel_obeyed(visit):
    """With a study of full size and the largest model; grade and map stay."""
    try_example(visit)
    card(visit, "graded")
    heat_map(visit)
    choose(visit, "explainer", "Occlusion")
    visit.click("#explain")
    seen = visit.locator("#explanation .zoo-since")
    expect(seen).to_be_visible(timeout=PATIENCE_MS)
    for _ in range(3):
        expect(seen).not_to_have_text(seen.inner_text(), timeout=PATIENCE_MS)
    expect(visit.locator("#explanation")).to_contain_text("Occlusion, patch")
    visit.click("#cancel-explanation")
    expect(visit.locator("#explanation")).to_contain_text("Cancelled", timeout=PATIENCE_MS)
    card(visit, "graded")
    expect(visit.locator("#cancel-explanation")).not_to_be_visible()
    choose(visit, "explainer", "Slice attention")
    visit.click("#explain")
    told(visit, "slice-attention")


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_screen(graded, width):
    choose(graded, "explainer", "Modality Shapley values")
    graded.click("#explain")
    said = told(graded, "modality-shapley")
    graded.set_viewport_size({"width": width, "height": 844})
    assert graded.evaluate("document.documentElement.scrollWidth") <= width
    wide = said.locator(".zoo-wide")
    assert wide.evaluate("element => element.scrollWidth - element.clientWidth") == 0
