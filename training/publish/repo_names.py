"""What things are called on the Hub."""

from __future__ import annotations

import re

from huggingface_hub.errors import HFValidationError
from huggingface_hub.utils import validate_repo_id

from zoo import ZooError

INDEX = "glioma-zoo"
"""Name of the repository that lists the models, and what the names of theirs begin with."""


class HubError(ZooError):
    """A Hub that can't be reached, or refuses."""


def expect_repo(name: str) -> str:
    """Return `name`, or raise `HubError` unless it is ORG/NAME."""
    try:
        validate_repo_id(name)
        if re.fullmatch(r"[^/]+/[^/]+", name):
            return name
    except HFValidationError:
        pass
    raise HubError(
        f"expected a repository like ORG/NAME, of letters, digits, hyphens, dots and underscores; found {name!r}."
    )


def repo_of(model_id: str, organisation: str) -> str:
    return f"{organisation}/{INDEX}-{model_id}"
