"""The registry: who offers what, safely called."""

from zoo.registry.registry import BUILT_IN, DEFAULT_TAG, Fault, Registry, load_registry

__all__ = ["BUILT_IN", "DEFAULT_TAG", "Fault", "Registry", "load_registry"]
