"""What the widgets offer at first."""

from __future__ import annotations

from zoo.page.events import default_choice, trained_choices
from zoo.types.roles import DEFAULT_MODEL


def test_the_default_model_is_chosen_wherever_it_stands(registry):
    trained = trained_choices(registry)
    assert default_choice(trained[::-1]) == default_choice(trained) == DEFAULT_MODEL


def test_without_it_the_first_is():
    assert default_choice([("A", "a"), ("B", "b")]) == "a"
    assert default_choice([]) is None
