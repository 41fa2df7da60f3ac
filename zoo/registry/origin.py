"""Where a model comes from; and that errors in a plugin's own code say so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from zoo.errors import PluginError, ZooError
from zoo.registry import BUILT_IN
from zoo.types import ExplainerSpec, ModelSpec, RegisteredExplainer, RegisteredModel


def is_built_in(spec: ModelSpec | ExplainerSpec) -> bool:
    """Whether a spec is the zoo's own or in no registry, and its weights aren't from elsewhere."""
    pulled = isinstance(spec, RegisteredModel) and spec.source
    return _plugin(spec) in ("", *BUILT_IN) and not pulled


def origin(spec: ModelSpec | ExplainerSpec) -> str:
    """Appended to a name: " from hub:…", " of the plugin …", or nothing for what is built in."""
    if isinstance(spec, RegisteredModel) and spec.source:
        return f" from {spec.source_in_short}"
    return "" if is_built_in(spec) else f" of the plugin {_plugin(spec)}"


def _plugin(spec: ModelSpec | ExplainerSpec) -> str:
    return spec.plugin if isinstance(spec, RegisteredModel | RegisteredExplainer) else ""


@contextmanager
def attribute_errors_to(*specs: ModelSpec | ExplainerSpec) -> Iterator[None]:
    """Turn whatever a plugin's own code raises inside into a `PluginError` that names it; answers to a user pass.

    specs: the model; for an explainer at work on a model both, in this order.
    """
    culprit = " on ".join(f"{spec.id}{origin(spec)}" for spec in specs)
    try:
        yield
    except PluginError as error:
        raise PluginError(f"{culprit}: {error}") from error
    except ZooError:
        raise
    except (Exception, SystemExit) as error:
        raise PluginError(f"{culprit}: {type(error).__name__}: {error}. Choose another model.") from error
