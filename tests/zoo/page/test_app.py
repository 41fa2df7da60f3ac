"""The page's widgets without a browser: what they offer."""

from __future__ import annotations

from dataclasses import replace

from fake_worker import FakeWorker
from zoo.page.app import build_page
from zoo.registry import Fault
from zoo.types import MODALITIES


def _built(registry, tmp_path):
    """Widgets of the page by their elem_id."""
    blocks = build_page(registry, FakeWorker(), tmp_path / "cache")
    return {block.elem_id: block for block in blocks.blocks.values()}


def test_the_page_tells_models_and_faults(registry, tmp_path):
    shown = _built(replace(registry, faults=[Fault("bad", "no import")]), tmp_path)
    assert "<strong>bad</strong>: no import" in shown["faults"].value
    assert all(spec.id in shown["models"].value for spec in registry.models.values())
    assert not _built(registry, tmp_path)["faults"].visible


def test_only_trained_models_can_be_chosen(registry, tmp_path):
    offered = [model_id for _, model_id in _built(registry, tmp_path)["model"].choices]
    assert offered == [spec.id for spec in registry.models.values() if spec.is_trained]
    assert 0 < len(offered) < len(registry.models)


def test_a_page_without_any_trained_model_opens(registry, tmp_path):
    untrained = {"paper": registry.model("guided-dual-attention.paper")}
    assert _built(replace(registry, models=untrained), tmp_path)["model"].choices == []


def test_the_choice_of_an_earlier_upload_does_not_fail(registry, tmp_path):
    built = _built(registry, tmp_path)
    for name in MODALITIES:
        assert built[f"slot-{name}"].preprocess("earlier_t1.nii.gz") == "earlier_t1.nii.gz"
