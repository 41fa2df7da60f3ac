"""Models from the Hugging Face Hub: pinned to a commit, checked, and never executed or unpickled."""

from zoo.hub.published import pull
from zoo.hub.source import HubSource, is_source

__all__ = ["HubSource", "is_source", "pull"]
