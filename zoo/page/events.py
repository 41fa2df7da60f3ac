"""How events are wired, what handlers yield, and what the widgets offer to choose from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gradio as gr
from gradio.blocks import Block

from zoo.registry import Registry
from zoo.types.roles import DEFAULT_MODEL

PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
COMPUTES: dict[str, Any] = {"concurrency_id": "compute", "concurrency_limit": 1}
Choices = list[tuple[str, str]]
"""Options of a dropdown: (title, id) of each model that can grade."""
Updates = Mapping[Block, Any]
"""What a handler yields: new values, each by its component; a component that is not named stays as it is."""


def trained_choices(registry: Registry) -> Choices:
    return [(f"{spec.title} ({spec.id})", spec.id) for spec in registry.models.values() if spec.is_trained]


def progress_in(place: Block, card: str) -> dict[Block, Any]:
    """A card of how far the work is, in its place; where nothing is new ("") what stands there stays."""
    return {place: card or gr.skip()}


def default_choice(trained: Choices) -> str | None:
    """The id of the model that is chosen at first: the default one, or the first where that is not trained."""
    ids = [model_id for _, model_id in trained]
    return DEFAULT_MODEL if DEFAULT_MODEL in ids else next(iter(ids), None)
