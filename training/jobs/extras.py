"""Libraries that come with an extra of this package."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from zoo.errors import ZooError


def imported(library: str, extra: str) -> Any:
    """The library, imported only now. Raises `ZooError` that says how to install it where it is missing."""
    try:
        return import_module(library)
    except ModuleNotFoundError as error:
        if error.name != library:
            raise
        raise ZooError(f"expected {library}, found it not installed: pip install 'glioma-zoo[{extra}]'.") from None
