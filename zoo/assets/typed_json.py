"""Frozen dataclasses from parsed JSON and back, with an error that names the place that does not fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

OMITTED = {"omitted": True}
"""Metadata of a field that JSON lacks while it is None."""
TYPES: dict[Any, tuple[type, ...]] = {int: (int,), float: (float, int), str: (str,), bool: (bool,)}
WORDS = {
    int: "a whole number",
    float: "a number",
    str: "text",
    bool: "true or false",
    dict: "an object",
    list: "a list",
}


def from_json(kind: Any, value: Any, place: str = "the file") -> Any:
    """Build `kind` from what `json.loads` returned; `ValueError` says where it doesn't fit, and what was expected.

    kind: a dataclass, int, float, str, bool, Any, or tuple[X, ...], Mapping[str, X] or X | None of such. A field with a
    default may be missing; what the dataclass doesn't know is passed over.
    """
    if kind is Any:
        return value
    if is_dataclass(kind):
        return _fields_from_json(kind, _expected(dict, value, place), place)
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return None if value is None else from_json(parts[0], value, place)
    if origin is tuple:
        return _tuple_from_json(parts[0], _expected(list, value, place), place)
    if origin is Mapping:
        found = _expected(dict, value, place)
        return {name: from_json(parts[1], each, f"{place}, {name}") for name, each in found.items()}
    return _expected(kind, value, place)


def to_json(value: Any) -> Any:
    """Plain JSON values, in the order of the fields; `from_json` builds the same from them."""
    if is_dataclass(value):
        named = {each: getattr(value, each.name) for each in fields(value)}
        return {
            each.name: to_json(part)
            for each, part in named.items()
            if part is not None or not each.metadata.get("omitted")
        }
    if isinstance(value, Mapping):
        return {name: to_json(each) for name, each in value.items()}
    return [to_json(each) for each in value] if isinstance(value, list | tuple) else value


def _fields_from_json(kind: Any, value: Mapping[str, Any], place: str) -> Any:
    kinds, given = _kinds(kind), {}
    for each in fields(kind):
        if each.name in value:
            given[each.name] = from_json(kinds[each.name], value[each.name], f"{place}, {each.name}")
        elif each.default is MISSING and each.default_factory is MISSING:
            raise ValueError(f"{place}: expected an entry {each.name!r}, found none")
    return kind(**given)


@cache
def _kinds(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _tuple_from_json(kind: Any, values: list[Any], place: str) -> tuple[Any, ...]:
    if all(type(each) in TYPES.get(kind, ()) for each in values):  # thousands of numbers, at once
        return tuple(values)
    return tuple(from_json(kind, each, f"{place}, entry {number}") for number, each in enumerate(values, 1))


def _expected(kind: type, value: Any, place: str) -> Any:
    if type(value) not in TYPES.get(kind, (kind,)):
        found = WORDS.get(type(value), "nothing" if value is None else type(value).__name__)
        raise ValueError(f"{place}: expected {WORDS[kind]}, found {found}")
    return value
