"""The page for the author of a new plugin: what trains it before it is trained, and its grade afterwards."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from new_plugin import NAME, install_new_plugin
from page_actions import PATIENCE_MS, card, choose, open_zoo, try_example

TITLE = "My grader"


@pytest.fixture(scope="module")
def new_plugin(tmp_path_factory):
    return install_new_plugin(tmp_path_factory.mktemp("new-plugin"))


@pytest.mark.long
def test_a_new_plugin_is_listed_then_trained_then_grades(page, new_plugin, start_app, tmp_path):
    """In this order: both pages are those of one author, before and after training."""
    with start_app(str(new_plugin.python), warm_up=False) as url:
        page.goto(url)
        open_zoo(page)
        card_of_plugin = page.locator("#models details", has_text=TITLE)
        expect(card_of_plugin).to_contain_text("not trained yet")
        expect(card_of_plugin).to_contain_text("python -m training fit my-grader --cohort DIR")
        page.get_by_role("tab", name="Grade").click()
        page.locator("#model input").click()
        page.get_by_role("option").first.wait_for()
        assert page.get_by_role("option", name=TITLE).count() == 0
    assert new_plugin.train(tmp_path).returncode == 0
    with start_app(str(new_plugin.python), warm_up=False) as url:
        page.goto(url)
        choose(page, "model", f"{TITLE} ({NAME})")
        try_example(page)
        card(page, "graded")
        expect(page.locator("#card")).to_contain_text("4 simulated gliomas, no patient", timeout=PATIENCE_MS)
