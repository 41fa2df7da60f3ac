"""Models from a Hub on loopback: added by a visitor, or named by the environment; both grade, and tell their origin."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import expect

from loopback_hub import Fault
from page_actions import PATIENCE_MS, adding_status, card, choose, heat_map, open_zoo, try_example
from published_model import push, train, use_hub, write_published


@pytest.fixture
def published(hub, registry, tmp_path, monkeypatch):
    use_hub(hub, tmp_path / "publishers-cache", monkeypatch)
    spec = train(registry.model("single-t1ce"), tmp_path / "trained")
    return push(hub, write_published(spec, tmp_path / "published"))


@pytest.fixture
def environment(hub, tmp_path):
    """Of a page whose client knows that Hub, and has an empty cache."""
    return hub.environment | {"HF_HOME": str(tmp_path / "home")}


def add(page, repository, revision):
    open_zoo(page)
    page.locator("#hub-repository textarea, #hub-repository input").fill(repository)
    page.locator("#hub-revision textarea, #hub-revision input").fill(revision)
    page.click("#hub-add")


@pytest.mark.long
def test_a_visitor_adds_a_model_that_grades_and_is_compared(page, start_app, published, environment):
    with start_app(warm_up=False, **environment) as url:
        page.goto(url)
        add(page, published.repository, "main")
        expect(adding_status(page, "error")).to_contain_text("expected the 40 digits of a commit, found 'main'")
        add(page, published.repository, published.revision)
        expect(adding_status(page, "added")).to_contain_text("nobody here has checked what they can do")
        told = page.locator(f"#models [data-model='{published.model_id}']")
        told.locator("summary").click()
        expect(told).to_contain_text(f"{published}; the weights were made for single-t1ce.compact")
        page.get_by_role("tab", name="Grade").click()
        choose(page, "model", published.model_id)
        try_example(page)
        card(page, "graded")
        expect(page.locator("#card")).to_contain_text(f"{published.in_short}:")
        expect(page.locator("#card")).to_contain_text("40 made-up studies")
        heat_map(page)
        page.get_by_role("tab", name="Compare models").click()
        page.get_by_text("unless you choose").click()
        expect(page.locator("#compared")).to_contain_text(published.model_id)
        page.locator("#compared .remove-all").click()
        choose(page, "compared", published.model_id)
        page.keyboard.press("Escape")
        page.click("#compare")
        row = page.locator(f"#comparison tr[data-model='{published.model_id}']")
        expect(row.locator("td[data-grade]")).to_be_visible(timeout=PATIENCE_MS)
        page.click("#make-report")
        page.wait_for_selector("#report a", timeout=PATIENCE_MS)
        add(page, published.repository, published.revision)
        expect(adding_status(page, "error")).to_contain_text("it is here already")


def test_the_environment_names_models_and_the_page_waits_for_none(page, start_app, published, environment, hub):
    """One is slow to come, another never comes."""
    hub.memory.faults.append(Fault("GET", "model.safetensors", "slow", times=9, seconds=12.0))
    missing = f"hub:me/nothing@{'0' * 40}"
    with start_app(warm_up=False, **environment, GLIOMA_ZOO_MODELS=f"{published}, {missing}") as url:
        page.goto(url)
        open_zoo(page)
        expect(page.locator("#hub-waiting section")).to_contain_text(str(published))
        expect(page.locator("#models section")).not_to_contain_text(published.model_id)
        hub.memory.faults.clear()
        deadline = time.monotonic() + PATIENCE_MS / 1000
        while page.locator("#faults").count() == 0 or "nothing" not in page.locator("#faults").inner_text():
            assert time.monotonic() < deadline
            time.sleep(0.5)
            page.goto(url)
            open_zoo(page)
        expect(page.locator("#faults")).to_contain_text(f"{missing}: there is no such repository")
        expect(page.locator("#models section")).to_contain_text(published.model_id)
        page.get_by_role("tab", name="Grade").click()
        choose(page, "model", published.model_id)
        try_example(page)
        card(page, "graded")
        expect(page.locator("#card")).to_contain_text(f"{published.in_short}:")


def test_a_public_space_adds_models_of_its_owner_only_and_takes_no_file(page, start_app, published, environment):
    with start_app(warm_up=False, **environment, SPACE_ID="somebody/zoo") as url:
        page.goto(url)
        add(page, published.repository, published.revision)
        expect(adding_status(page, "error")).to_contain_text("expected a model of somebody, found one of me")
        expect(page.locator("#hub-add")).to_be_visible()
        expect(page.locator("#own-weights")).to_have_count(0)
