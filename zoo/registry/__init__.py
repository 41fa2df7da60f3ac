"""The registry: who offers what, safely called."""

from zoo.registry.built_in import BUILT_IN
from zoo.registry.registry import DEFAULT_TAG, Fault, Registry, load_registry

__all__ = ["BUILT_IN", "DEFAULT_TAG", "Fault", "Registry", "load_registry"]
