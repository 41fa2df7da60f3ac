"""What `python -m zoo check` looks at and prints."""

from __future__ import annotations

from zoo.conformance.contract import Outcome
from zoo.conformance.explainer.specimen import EXPLAINED_SHAPE
from zoo.conformance.specimen import Shape
from zoo.errors import PluginError
from zoo.registry import Registry
from zoo.types import RegisteredExplainer, RegisteredModel


def specs_named(registry: Registry, name: str) -> list[RegisteredModel | RegisteredExplainer]:
    """All models and explainers of the plugin of that name, or the one with that id; `PluginError` when there is
    none."""
    if reasons := [fault.reason for fault in registry.faults if fault.plugin == name]:
        raise PluginError(f"{name} is left out: {'; '.join(reasons)}")
    offered = [spec for spec in _all(registry) if spec.plugin == name]
    if not offered and registry.plugins.has_plugin(name):
        raise PluginError(f"The plugin {name} offers no models and no explainers: there is nothing to check.")
    return offered or [registry.explainers.get(name) or _model(registry, name)]


def _all(registry: Registry) -> list[RegisteredModel | RegisteredExplainer]:
    return [*registry.models.values(), *registry.explainers.values()]


def _model(registry: Registry, name: str) -> RegisteredModel:
    try:
        return registry.model(name)
    except PluginError as error:
        explainers = ", ".join(sorted(registry.explainers)) or "none"
        plugins = sorted({spec.plugin for spec in _all(registry)} | {one.plugin for one in registry.faults})
        raise PluginError(
            f"{error} Nor an explainer; there are: {explainers}. Nor a plugin; there are: {', '.join(plugins)}."
        ) from error


def heading(spec: RegisteredModel | RegisteredExplainer, shape: Shape | None) -> str:
    """Which model or explainer, of which plugin, and the voxels of the studies it is tried on."""
    usual = spec.recipe.shape if isinstance(spec, RegisteredModel) else EXPLAINED_SHAPE
    return f"{spec.id} ({spec.plugin}), on studies of {'×'.join(map(str, shape or usual))} voxels"


def line(outcome: Outcome) -> str:
    """One promise as a line: ✓ kept, ✗ broken, – not applicable."""
    if outcome.problem:
        return f"  ✗ {outcome.promise} {outcome.problem}"
    return f"  – {outcome.promise} {outcome.skipped}" if outcome.skipped else f"  ✓ {outcome.promise}"
