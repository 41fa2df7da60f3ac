"""One built-in model by its id, for a plugin that needs it: a registry would load every plugin a second time."""

from __future__ import annotations

import importlib

from zoo.errors import PluginError
from zoo.registry.registry import BUILT_IN
from zoo.types import RegisteredModel


def built_in_model(model_id: str) -> RegisteredModel:
    """The model as a registry would hold it, but without members; `PluginError` when no built-in plugin offers it."""
    for name in BUILT_IN:
        register_models = getattr(importlib.import_module(name), "register_models", list)
        for spec in register_models():
            if spec.id == model_id:
                return RegisteredModel.of(spec, name)
    raise PluginError(f"No built-in model is called {model_id!r}: expected the full id of one, such as NAME.compact.")
