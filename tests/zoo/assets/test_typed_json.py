"""Dataclasses from JSON and back: nothing is lost, and what does not fit is named with its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from zoo.assets.typed_json import OMITTED, from_json, to_json


@dataclass(frozen=True)
class Part:
    name: str
    size: float | None
    note: str | None = field(default=None, metadata=OMITTED)


@dataclass(frozen=True)
class Whole:
    parts: tuple[Part, ...]
    counts: Mapping[str, int]
    scores: tuple[float, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)


FULL = {
    "parts": [{"name": "a", "size": 1}, {"name": "b", "size": None, "note": "odd"}],
    "counts": {"x": 3},
    "scores": [0.5, 1],
    "extra": {"any": [{"thing": True}]},
}


def test_what_is_read_is_written_again_in_the_same_order():
    whole = from_json(Whole, FULL)
    assert whole.parts == (Part("a", 1), Part("b", None, "odd"))
    assert whole.scores == (0.5, 1)
    assert to_json(whole) == FULL
    assert list(to_json(whole)) == list(FULL)


def test_what_has_a_default_may_be_missing_and_what_is_unknown_is_passed_over():
    assert from_json(Whole, {"parts": [], "counts": {}, "new": 1}) == Whole((), {})


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"parts": None}, "the file, parts: expected a list, found nothing"),
        ({"parts": [{"name": "b"}]}, "the file, parts, entry 1: expected an entry 'size', found none"),
        ({"parts": [{"name": 7, "size": 1}]}, "the file, parts, entry 1, name: expected text, found a whole number"),
        ({"parts": [{"name": "a", "size": "large"}]}, "entry 1, size: expected a number, found text"),
        ({"counts": {"x": 1.5}}, "the file, counts, x: expected a whole number, found a number"),
        ({"counts": {"x": True}}, "expected a whole number, found true or false"),
        ({"scores": [0.5, None]}, "the file, scores, entry 2: expected a number, found nothing"),
        ({"extra": []}, "the file, extra: expected an object, found a list"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named_with_its_place(change, error):
    with pytest.raises(ValueError, match="expected") as raised:
        from_json(Whole, FULL | change)
    assert error in str(raised.value)
