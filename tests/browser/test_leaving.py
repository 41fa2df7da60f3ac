"""Who closes the tab leaves nothing: their work ends, uploads and results go, old addresses are refused."""

from __future__ import annotations

import re
import time

import httpx

from page_actions import card, choose, heat_map, upload

PATIENCE_SECONDS = 30
NOT_THERE = {403, 404}  # Gradio's answers


def test_closing_the_tab_deletes_uploads_and_results(page, site, requests, make_study):
    page.goto(site)
    page.wait_for_selector("#grade")
    upload(page, sorted(make_study().iterdir()))
    choose(page, "model", "T1ce alone (single-t1ce.compact)")
    page.click("#grade")
    card(page, "graded")
    heat_map(page)
    results = sorted({url for url in requests if re.search(r"study-[0-9a-f]+", url)})
    uploads = [link.get_attribute("href") for link in page.locator("#scans a[href*='file=']").all()]
    kept = [url for url in (*results, *uploads) if httpx.get(url).status_code == 200]
    assert results
    assert len(uploads) == 4
    assert kept == [*results, *uploads]
    page.close()
    assert set(_settled(kept)) <= NOT_THERE


def _settled(urls: list[str]) -> list[int]:
    """The status of each, as soon as all are refused."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        answers = [_status(url) for url in urls]
        if set(answers) <= NOT_THERE or time.monotonic() > deadline:
            return answers
        time.sleep(0.5)


def _status(url: str) -> int:
    """500 of a file that went while Gradio was answering: it says so, or hangs up."""
    try:
        return httpx.get(url).status_code
    except httpx.RemoteProtocolError:
        return 500
