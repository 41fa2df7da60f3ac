"""Models from the Hub in a registry: by the source that somebody names, or by those of the environment."""

from __future__ import annotations

import os
import re

from zoo.errors import ZooError
from zoo.hub.published import pull
from zoo.hub.source import HubSource, is_source
from zoo.registry import Fault, Registry
from zoo.types import ModelSpec

VARIABLE = "GLIOMA_ZOO_MODELS"


def find_or_pull(registry: Registry, name: str) -> ModelSpec:
    """A model by its id, or by its source: pulled into the registry unless it is there."""
    if not is_source(name):
        return registry.model(name)
    source = HubSource.parse(name)
    known = registry.models.get(source.model_id)
    if known and known.source == name and known.is_trained:
        return known
    return registry.add(pull(source, registry.model))


def wanted_sources() -> list[str]:
    """What the environment names, once each, as it stands there."""
    return list(dict.fromkeys(filter(None, re.split(r"[\s,]+", os.environ.get(VARIABLE, "")))))


def pull_wanted(registry: Registry) -> None:
    """All that the environment names; what can't be had becomes a fault."""
    for name in wanted_sources():
        try:
            registry.add(pull(HubSource.parse(name), registry.model))
        except ZooError as error:
            registry.leave_out(Fault(VARIABLE, str(error)))
