"""A weights file on this machine as one more model of the zoo, named `file:PATH`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from zoo.errors import PluginError, WeightsError
from zoo.types import FILE_PREFIX, RegisteredModel
from zoo.weights.metadata import sha256, spec_of

LIMITS = (
    "The weights come from a file: nobody here has checked what they can do. What they were trained on stands beside "
    "every grade."
)


def is_file(name: str) -> bool:
    return name.startswith(FILE_PREFIX)


def file_path(source: str) -> Path:
    """Read the path in `file:PATH`."""
    return Path(source.removeprefix(FILE_PREFIX))


def file_source(path: Path) -> str:
    """Name a weights file as a source: by its absolute path, since a program may change its folder."""
    return f"{FILE_PREFIX}{path.absolute()}"


def from_file(path: Path, find: Callable[[str], RegisteredModel]) -> RegisteredModel:
    """The model that the file's weights were made for, with these, as `MODEL@abc1234`, the start of its sha256.

    find: a spec by its id. Raises `WeightsError` when it is no weights file, or of a model that isn't installed here.
    """
    path, name = path.absolute(), file_source(path)
    if not path.is_file():
        raise WeightsError(f"{name}: expected a weights file, found none. Check the path.")
    try:
        made_for = spec_of(path, find)
    except (WeightsError, PluginError) as error:
        raise WeightsError(f"{name}: {error}") from error
    card = replace(made_for.card, limits=LIMITS)
    return replace(made_for, id=f"{made_for.id}@{sha256(path)[:7]}", made_for=made_for.id, source=name, card=card)
