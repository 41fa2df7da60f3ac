"""How events are wired, and what the widgets offer to choose from."""

from __future__ import annotations

from typing import Any

from zoo.registry import Registry
from zoo.types.roles import DEFAULT_MODEL

PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
COMPUTES: dict[str, Any] = {"concurrency_id": "compute", "concurrency_limit": 1}
Choices = list[tuple[str, str]]
"""(title, id) of the models that can grade."""


def trained_choices(registry: Registry) -> Choices:
    return [(f"{spec.title} ({spec.id})", spec.id) for spec in registry.models.values() if spec.is_trained]


def default_choice(trained: Choices) -> str | None:
    """The id of the model that is chosen at first: the default one, or the first where that is not trained."""
    ids = [model_id for _, model_id in trained]
    return DEFAULT_MODEL if DEFAULT_MODEL in ids else next(iter(ids), None)
