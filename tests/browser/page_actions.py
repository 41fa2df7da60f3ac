"""What a visitor does on the page, and what they wait for."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

READY = "#viewer .study-viewer[data-state=ready]"
SETTLED = "#viewer .study-viewer:is([data-state=ready], [data-state=error])"  # an error where nothing is drawn
PATIENCE_MS = 60_000


def draw_nothing(page):
    """From the next address on, as in a browser without WebGL."""
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")


def upload(page, files):
    page.locator("#scans input[type=file]").set_input_files([str(path) for path in files])
    page.wait_for_selector(f"#scans :text('{Path(files[-1]).stem.split('.')[0]}')")


def try_example(page, name="simulated-hgg"):
    page.locator(f"#{name} button").click()


def choose(page, elem_id, text):
    page.locator(f"#{elem_id} input").click()
    page.get_by_role("option", name=text).click()


def open_zoo(page):
    page.get_by_role("tab", name="Zoo").click()
    page.wait_for_selector("#models section")


def adding_status(page, state):
    expect(page.locator("#hub-status section")).to_have_attribute("data-state", state, timeout=PATIENCE_MS)
    return page.locator("#hub-status")


def card(page, state):
    expect(page.locator("#card .zoo-card").first).to_have_attribute("data-state", state, timeout=PATIENCE_MS)
    return page.locator("#card")


def heat_map(page):
    """Wait until the overlay is there: its slider shows, and it is drawn if anything is."""
    page.wait_for_selector("#viewer [data-part=heat]:visible", timeout=PATIENCE_MS)
    page.wait_for_selector(SETTLED, timeout=PATIENCE_MS)


def hide_regions(page):
    """Wait until they are there, and switch them off."""
    page.locator("#viewer [data-style=none]").click(timeout=PATIENCE_MS)
    page.wait_for_selector(SETTLED, timeout=PATIENCE_MS)


def opacity(page, percent):
    page.locator("#viewer [data-part=opacity]").fill(str(percent))
