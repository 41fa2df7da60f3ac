"""Widgets that show models learn of those that came late."""

from __future__ import annotations

from dataclasses import replace

from zoo.page.add_model.refresh import ZooWidgets
from zoo.registry.registry import Fault

WIDGETS = ZooWidgets(["model", "left", "right"], "fold", "compared", "models", "faults", "waiting")


def test_every_widget_is_refreshed_and_choices_of_one_stay(registry, small):
    late = replace(small, id="late", title="A late model")
    grown = replace(registry, models=registry.models | {"late": late}, faults=(Fault("ill", "out of cheese"),))
    values = WIDGETS.refreshed(grown)
    assert values.keys() == set(WIDGETS.outputs)
    for name in ("model", "left", "right"):
        assert ("A late model (late)", "late") in values[name].choices
        assert "value" not in values[name].constructor_args
    assert "late" in values["compared"].value
    assert "A late model" in values["models"]
    assert values["faults"].visible
    assert "out of cheese" in values["faults"].value
