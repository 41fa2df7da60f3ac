"""Models from the Hugging Face Hub: pinned to a commit, checked, and never executed or unpickled."""

from zoo.weights.hub.pull import pull
from zoo.weights.hub.source import HubSource, is_source

__all__ = ["HubSource", "is_source", "pull"]
