"""Models from elsewhere in a registry: by a source that somebody names, or all that the environment names."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from zoo.errors import WeightsError
from zoo.registry import Fault, Registry
from zoo.registry.guard import describe
from zoo.types import RegisteredModel
from zoo.weights.hub.index import listed, listed_here
from zoo.weights.hub.pull import pull
from zoo.weights.hub.source import HubSource, is_index, is_source
from zoo.weights.local import file_path, file_source, from_file, is_file

VARIABLE = "GLIOMA_ZOO_MODELS"


def resolve_model(registry: Registry, name: str) -> RegisteredModel:
    """A model by its id, or by its source, from where it comes into the registry unless it is there.

    A weights file is looked at each time, since it may have changed; of one that lies in two places either will do.
    """
    if not _is_external(name):
        return registry.model(name)
    if is_file(name):
        spec = spec_from(name, registry.model)
        known = registry.models.get(spec.id)
        if known is None:
            return registry.add(spec)
        return known if known.source == spec.source else spec
    loaded = (spec for spec in registry.models.values() if spec.source == name and spec.is_trained)
    return next(loaded, None) or registry.add(spec_from(name, registry.model))


def spec_from(source: str, find: Callable[[str], RegisteredModel]) -> RegisteredModel:
    """The model at `file:PATH` or `hub:ORG/NAME@SHA`, which is fetched unless it is in the cache. Raises
    `WeightsError`."""
    if is_file(source):
        return from_file(file_path(source), find)
    return pull(HubSource.parse(source), find)


def requested_sources() -> list[str]:
    """What the environment names, once each, as it stands there; weights files by the source that they get."""
    names = filter(None, re.split(r"[\s,]+", os.environ.get(VARIABLE, "")))
    return list(dict.fromkeys(file_source(file_path(name)) if is_file(name) else name for name in names))


def still_pending(registry: Registry) -> list[str]:
    """What the environment names and is not there yet, nor left out."""
    known = {spec.source for spec in registry.models.values()} | {fault.plugin for fault in registry.faults}
    return [
        name for source in requested_sources() if source not in known for name in _here(source) if name not in known
    ]


def _here(source: str) -> list[str]:
    """What an index lists, once it is here; anything else stands for itself."""
    try:
        return listed_here(HubSource.parse_index(source)) or [source] if is_index(source) else [source]
    except WeightsError:
        return [source]


def add_requested(registry: Registry, add: Callable[[Registry, str], RegisteredModel] = resolve_model) -> None:
    """All that the environment names; whatever goes wrong with one becomes a fault. add: how one gets there."""
    for source in requested_sources():
        with _as_fault(registry, source):
            for name in listed(HubSource.parse_index(source)) if is_index(source) else [source]:
                with _as_fault(registry, name):
                    add(registry, name)


@contextmanager
def _as_fault(registry: Registry, name: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        reason = describe(error)
        registry.leave_out(Fault(name, reason.split(": ", 1)[1] if _is_external(reason) else reason))


def _is_external(name: str) -> bool:
    return is_file(name) or is_source(name)
