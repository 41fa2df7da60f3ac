"""What was not used is one sentence, however much it is."""

from __future__ import annotations

from zoo.study.unused import MOST_NAMES, listed, not_used


def test_names_with_and_without_a_reason():
    assert not_used({"a": "a mask", "b": ""}) == ("Not used: a (a mask), b.",)
    assert not_used({}) == ()


def test_of_many_the_first_are_named_and_the_rest_counted():
    names = [f"f{number}" for number in range(MOST_NAMES + 3)]
    assert listed(names) == ", ".join(names[:MOST_NAMES]) + " and 3 more"
    assert listed(names[:MOST_NAMES]) == ", ".join(names[:MOST_NAMES])
