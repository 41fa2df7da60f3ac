"""The page as a visitor meets it: `python app.py` in a process of its own, and a real browser."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from playwright.sync_api import expect

from page_actions import (
    PATIENCE_MS,
    READY,
    card,
    choose,
    draw_nothing,
    heat_map,
    hide_regions,
    opacity,
    try_example,
    upload,
)

ROOT = Path(__file__).parents[2]
EXAMPLES = ("simulated-hgg", "simulated-lgg")


def test_upload_grade_explain_switch(visit, make_study, look):
    upload(visit, sorted(make_study().iterdir()))
    visit.click("#grade")
    text = card(visit, "graded").inner_text()
    assert re.search(r"(HGG|LGG)\s+probability of high grade [\d.]+ %", text)
    assert "simulated gliomas" in text
    assert "Research demonstration, not a medical device." in text
    heat_map(visit)
    hide_regions(visit)
    opacity(visit, 100)
    lit = look(visit)
    assert lit.lit > 2000
    assert lit.warm + lit.cool > 50, "no heat map over the study"
    opacity(visit, 0)
    without = look(visit)
    assert without.warm + without.cool < (lit.warm + lit.cool) / 5
    visit.locator("#viewer [data-part=modalities] button", has_text="FLAIR").click()
    visit.wait_for_selector(READY)
    assert (look(visit).rgb != without.rgb).mean() > 0.02


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_takes_one_click(visit, name):
    try_example(visit, name)
    card(visit, "graded")
    heat_map(visit)
    expect(visit.locator("#scans")).to_contain_text(f"{name}_flair")


def test_an_example_is_drawn(visit, look):
    """GLIOMA_ZOO_SCREENSHOTS=.github makes the README's picture anew."""
    try_example(visit)
    card(visit, "graded")
    heat_map(visit)
    assert look(visit).lit > 5000
    if folder := os.environ.get("GLIOMA_ZOO_SCREENSHOTS"):
        visit.wait_for_selector("#viewer [data-part=regions]:visible", timeout=PATIENCE_MS)
        visit.wait_for_selector(READY)
        visit.screenshot(path=Path(folder) / "screenshot.png", full_page=True)


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_an_example_is_reached_and_started_by_keyboard(visit, key):
    low_grade = visit.locator("#simulated-lgg button")
    visit.locator("#simulated-hgg button").focus()
    visit.keyboard.press("Tab")
    expect(low_grade).to_be_focused()
    expect(low_grade).to_have_css("outline-style", "solid")
    visit.keyboard.press(key)
    card(visit, "working")
    expect(visit.locator("#scans")).to_contain_text("simulated-lgg_flair")


def test_of_two_examples_the_last_is_graded(visit):
    first, last = EXAMPLES
    try_example(visit, last)
    probability = card(visit, "graded").locator("h2 strong").inner_text()
    visit.reload()
    try_example(visit, first)
    expect(visit.locator("#scans")).to_contain_text(f"{first}_flair")
    try_example(visit, last)
    expect(visit.locator("#card h2 strong")).to_have_text(probability, timeout=PATIENCE_MS)


def test_two_visitors_at_the_same_time_see_each_their_own_study(visit, site, browser):
    alone = {}
    for name in EXAMPLES:
        try_example(visit, name)
        alone[name] = card(visit, "graded").locator("h2 strong").inner_text()
        visit.reload()
    assert len(set(alone.values())) == 2
    another = browser.new_context().new_page()
    draw_nothing(another)
    another.goto(site)
    pages = dict(zip(EXAMPLES, (visit, another), strict=True))
    asked = {name: _studies_asked_for(page) for name, page in pages.items()}
    for name, page in pages.items():
        try_example(page, name)
    for name, page in pages.items():
        expect(page.locator("#card h2 strong")).to_have_text(alone[name], timeout=PATIENCE_MS)
        expect(page.locator("#scans")).to_contain_text(f"{name}_flair")
        heat_map(page)
    another.context.close()
    (one,), (other,) = asked.values()
    assert one != other


def _studies_asked_for(page):
    """Folders of visitors' studies that the page asks for from now on; grows."""
    found = set()
    page.on("request", lambda request: found.update(re.findall(r"study-[0-9a-f]+", request.url)))
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_examples_lie_side_by_side_and_say_what_they_are(visit, width, scheme):
    visit.emulate_media(color_scheme=scheme)
    visit.set_viewport_size({"width": width, "height": 844})
    buttons = [visit.locator(f"#{name} button") for name in EXAMPLES]
    for button in buttons:
        expect(button).to_have_attribute("title", re.compile("simulated, no patient"))
        assert button.locator("img").evaluate("image => image.naturalWidth") > 200
    left, right = [button.bounding_box() for button in buttons]
    assert (left["y"], left["width"], left["height"]) == (right["y"], right["width"], right["height"])
    assert left["x"] + left["width"] < right["x"]
    assert right["x"] + right["width"] <= width


def test_another_model_needs_no_second_upload(visit, make_study):
    upload(visit, sorted(make_study().iterdir()))
    visit.click("#grade")
    card(visit, "graded")
    heat_map(visit)
    choose(visit, "model", "Early fusion")
    visit.click("#grade")
    expect(visit.locator("#card")).to_contain_text("early-fusion.compact", timeout=PATIENCE_MS)


def test_a_model_chosen_while_the_first_one_explains_is_not_forgotten(visit, make_study):
    upload(visit, sorted(make_study().iterdir()))
    visit.click("#grade")
    card(visit, "graded")
    choose(visit, "model", "Early fusion")
    visit.click("#grade")
    expect(visit.locator("#card")).to_contain_text("early-fusion.compact", timeout=PATIENCE_MS)


def test_a_report_is_downloaded_and_another_study_takes_it_away(visit, make_study):
    visit.click("#make-report")
    expect(visit.locator("#reporting")).to_contain_text("Grade a study first")
    upload(visit, sorted(make_study().iterdir()))
    visit.click("#grade")
    probability = re.search(r"[\d.]+ %", card(visit, "graded").inner_text())[0]
    heat_map(visit)
    visit.click("#make-report")
    expect(visit.locator("#report a[download]")).to_have_count(3, timeout=PATIENCE_MS)
    with visit.expect_download() as download:
        visit.locator("#report a[download]").first.click()
    html = download.value.path().read_text(encoding="utf-8")
    assert probability in html
    assert "data:image/png;base64" in html
    upload(visit, sorted(make_study(name="case2").iterdir()))
    expect(visit.locator("#report")).not_to_be_visible()


def test_bad_input_is_told_and_the_page_stays_usable(visit, make_study):
    folder = make_study()
    (folder / "case1_t2.nii.gz").write_text("I am a text file")
    upload(visit, sorted(folder.iterdir()))
    visit.click("#grade")
    assert "T2: a text file, not a scan" in card(visit, "error").inner_text()
    visit.locator("#scans").get_by_label("Clear").click()
    card(visit, "empty")
    try_example(visit)
    card(visit, "graded")


def test_a_missing_modality_is_refused_by_name_over_the_study(visit, drawn, make_study):
    upload(visit, sorted(make_study(("t1", "t2")).iterdir()))
    visit.click("#grade")
    assert "needs T1ce" in card(visit, "refused").inner_text()
    visit.wait_for_selector(READY, timeout=PATIENCE_MS)


def test_two_candidates_are_settled_in_the_table(visit, make_study):
    folder = make_study()
    (folder / "case1_t1gd.nii.gz").write_bytes((folder / "case1_t1ce.nii.gz").read_bytes())
    upload(visit, sorted(folder.iterdir()))
    assert "T1ce: 2 files could be it" in card(visit, "question").inner_text()
    visit.click("#grade")
    assert "More than one file could be T1ce" in card(visit, "error").inner_text()
    choose(visit, "slot-t1ce", "case1_t1gd.nii.gz")
    visit.click("#grade")
    card(visit, "graded")


@pytest.mark.parametrize("start", ["#grade", *(f"#{name} button" for name in EXAMPLES)])
def test_cancel_stops_the_work_and_the_next_grade_runs(visit, start):
    """With a study of full size, so that there is something to cancel."""
    if start == "#grade":
        upload(visit, sorted((ROOT / "zoo" / "assets" / "examples" / "simulated-hgg").iterdir()))
    visit.click(start)
    card(visit, "working")
    visit.click("#cancel")
    card(visit, "cancelled")
    time.sleep(1)
    card(visit, "cancelled")
    visit.click("#grade")
    card(visit, "graded")


def test_nothing_given_nothing_graded(visit):
    assert "Research demonstration, not a medical device" in visit.locator("body").inner_text()
    card(visit, "empty")
    visit.click("#grade")
    assert "No scans yet" in card(visit, "error").inner_text()


def test_files_outside_the_session_are_not_served(site):
    for path in ("/etc/passwd", str(ROOT / "app.py"), "static/../app.py"):
        with pytest.raises(HTTPError) as refused:
            urlopen(f"{site}gradio_api/file={path}")
        assert refused.value.code in (403, 404)
