"""How events are wired, and what the widgets offer to choose from."""

from __future__ import annotations

from typing import Any

from zoo.registry import Registry

PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
COMPUTES: dict[str, Any] = {"concurrency_id": "compute", "concurrency_limit": 1}
Choices = list[tuple[str, str]]
"""(title, id) of the models that can grade."""


def trained_choices(registry: Registry) -> Choices:
    return [(f"{spec.title} ({spec.id})", spec.id) for spec in registry.models.values() if spec.is_trained]
