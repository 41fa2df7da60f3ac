"""One built-in model, found without a registry."""

from __future__ import annotations

import pytest

from zoo import PluginError
from zoo.registry.built_in import built_in_model
from zoo.types.roles import TUMOUR_FINDER


@pytest.mark.parametrize("model_id", [TUMOUR_FINDER, "volume-control.compact"])
def test_it_is_what_the_registry_holds(registry, model_id):
    found, held = built_in_model(model_id), registry.model(model_id)
    assert (found.id, found.plugin, found.options, found.recipe) == (held.id, held.plugin, held.options, held.recipe)


def test_an_unknown_one():
    with pytest.raises(PluginError, match="No built-in model is called 'nobody'"):
        built_in_model("nobody")
