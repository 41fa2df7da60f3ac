"""Roles are declared once, and whoever plays one is there."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from zoo.registry import DEFAULT_TAG
from zoo.types import MODALITIES, roles

ROOT = Path(__file__).parents[3]
EXPLAINERS = {"DEFAULT_EXPLAINER", "SHAPLEY_EXPLAINER", "SLICE_EXPLAINER"}
DECLARED = {name: value for name, value in vars(roles).items() if name.isupper() and name != "MODALITIES"}


def _ids(value):
    return [value] if isinstance(value, str) else list(value.values() if isinstance(value, dict) else value)


@pytest.mark.parametrize("name", sorted(DECLARED))
def test_who_plays_a_part_is_there_and_built_in(registry, name):
    known = registry.explainers if name in EXPLAINERS else registry.models
    assert {known[one].plugin.startswith("zoo.plugins.") for one in _ids(DECLARED[name])} == {True}


def test_single_modality_models_use_that_one(registry):
    assert list(roles.SINGLE_MODALITY_MODELS) == list(MODALITIES)
    for modality, model_id in roles.SINGLE_MODALITY_MODELS.items():
        assert registry.model(model_id).uses == (modality,)


def test_no_id_is_typed_anywhere_else(registry):
    """But where plugins define their models, and in sentences."""
    short = {model_id.removesuffix(f".{DEFAULT_TAG}") for model_id in registry.models}
    ids = short | set(registry.models) | set(registry.explainers)
    places = [ROOT / "app.py", *(ROOT / "zoo").rglob("*.py"), *(ROOT / "training").rglob("*.py")]
    places += (ROOT / "plugins" / "quality").rglob("*.py")
    found = {
        (path.relative_to(ROOT).as_posix(), node.value)
        for path in places
        if path != ROOT / "zoo" / "types" / "roles.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in ids
    }
    assert not found
