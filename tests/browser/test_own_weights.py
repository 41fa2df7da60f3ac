"""Weights that somebody trained themselves: dropped on the page they grade beside the others."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from page_actions import adding_status, card, choose, open_zoo, try_example
from published_model import train
from zoo.weights.metadata import sha256


@pytest.fixture
def weights(registry, tmp_path):
    return train(registry.model("single-t1ce"), tmp_path).weights


def add(page, path):
    with page.expect_file_chooser() as chooser:
        page.click("#own-weights")
    chooser.value.set_files(path)


def test_own_weights_grade(page, start_app, weights, tmp_path):
    other = tmp_path / "other.safetensors"
    other.write_bytes(b"something else")
    with start_app(warm_up=False) as url:
        page.goto(url)
        open_zoo(page)
        add(page, other)
        expect(adding_status(page, "error")).to_contain_text("other.safetensors is not a weights file of this project")
        add(page, weights)
        expect(adding_status(page, "added")).to_contain_text("nobody here has checked what they can do")
        model_id = f"single-t1ce.compact@{sha256(weights)[:7]}"
        expect(page.locator(f"#models [data-model='{model_id}']")).to_have_attribute("data-state", "ready")
        page.get_by_role("tab", name="Grade").click()
        choose(page, "model", model_id)
        try_example(page)
        card(page, "graded")
        expect(page.locator("#card")).to_contain_text("40 made-up studies")
        expect(page.locator("#card")).to_contain_text(f"file:{model_id}.safetensors:")
