"""Which explainers a visitor may choose from for a model, and what each of them would tell and cost."""

from __future__ import annotations

from typing import Any

import gradio as gr

from zoo.page.compute_client import ComputeClient
from zoo.page.explain.explain_cards import note, offered


class ExplainerChoice:
    """The list to choose an explainer from, and the note below it."""

    def __init__(self, client: ComputeClient) -> None:
        self.client = client

    def choices(self, model_id: str | None, explainer_id: str) -> tuple[list[tuple[str, str]], str | None, str]:
        """Explainers that suit this model, each with what it costs; the chosen one, if it does; and a note on it."""
        if not model_id:
            return [], None, ""
        spec, durations = self.client.registry.model(model_id), self.client.durations
        suitable = offered(self.client.registry.explainers.values(), spec)
        chosen = next((each for each in suitable if each.id == explainer_id), suitable[0])
        return (
            [(f"{each.title} · {durations.in_words(spec, each)}", each.id) for each in suitable],
            chosen.id,
            note(spec, chosen, durations),
        )

    def offer(self, model_id: str | None, explainer_id: str) -> tuple[Any, str]:
        """The list to choose from, and the note. A choice that suits isn't touched: a later one may be on its way."""
        choices, chosen, noted = self.choices(model_id, explainer_id)
        stays = chosen == explainer_id
        return gr.Dropdown(choices) if stays else gr.Dropdown(choices, value=chosen), noted

    def note(self, model_id: str | None, explainer_id: str) -> str:
        """What the chosen explainer would tell and cost."""
        return self.choices(model_id, explainer_id)[2]
