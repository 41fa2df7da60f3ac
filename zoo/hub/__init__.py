"""Models from the Hugging Face Hub: pinned to a commit, checked, and never executed or unpickled."""

from zoo.hub.models import find_or_pull, pull_wanted, still_wanted
from zoo.hub.published import pull
from zoo.hub.source import HubSource, is_source

__all__ = ["HubSource", "find_or_pull", "is_source", "pull", "pull_wanted", "still_wanted"]
