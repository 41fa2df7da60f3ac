"""What `python -m zoo check` looks at and prints."""

from __future__ import annotations

from zoo.conformance import Outcome
from zoo.errors import PluginError
from zoo.registry import Registry
from zoo.types import RegisteredModel


def models_named(registry: Registry, name: str) -> list[RegisteredModel]:
    """All models of the plugin of that name, or the model with that id; `PluginError` when there is none."""
    if reasons := [fault.reason for fault in registry.faults if fault.plugin == name]:
        raise PluginError(f"{name} is left out: {'; '.join(reasons)}")
    models = [spec for spec in registry.models.values() if spec.plugin == name]
    if not models and registry.plugins.has_plugin(name):
        raise PluginError(f"The plugin {name} offers no models: there is nothing to check.")
    return models or [_model(registry, name)]


def _model(registry: Registry, name: str) -> RegisteredModel:
    try:
        return registry.model(name)
    except PluginError as error:
        plugins = sorted({spec.plugin for spec in registry.models.values()} | {one.plugin for one in registry.faults})
        raise PluginError(f"{error} Nor a plugin; there are: {', '.join(plugins)}.") from error


def heading(spec: RegisteredModel, shape: tuple[int, int, int] | None) -> str:
    tried = "×".join(map(str, shape or spec.recipe.shape))
    return f"{spec.id} ({spec.plugin}), on studies of {tried} voxels"


def line(outcome: Outcome) -> str:
    """✓ kept, ✗ broken, – not applicable."""
    if outcome.problem:
        return f"  ✗ {outcome.promise} {outcome.problem}"
    return f"  – {outcome.promise} {outcome.skipped}" if outcome.skipped else f"  ✓ {outcome.promise}"
