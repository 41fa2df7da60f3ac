"""Models that come after the page was built: every widget that shows models learns of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.blocks import Block

from zoo.page.add_model.add_form import AddingForm, on_their_way
from zoo.page.add_model.add_handlers import Adding
from zoo.page.compare.compare_tab import fold_label
from zoo.page.events import PRIVATE, Updates, trained_choices
from zoo.page.leaderboard.model_cards import faults_notice, models_section
from zoo.registry import Registry
from zoo.weights.external import still_pending


@dataclass(frozen=True)
class ZooWidgets:
    """What shows the models there are. choices: of one each. compared: of several, in a fold. waiting: for more."""

    choices: list[gr.Dropdown]
    fold: gr.Accordion
    compared: gr.Dropdown
    models: gr.HTML
    faults: gr.HTML
    waiting: gr.HTML

    @property
    def outputs(self) -> list[Block]:
        return [*self.choices, self.fold, self.compared, self.models, self.faults, self.waiting]

    def refreshed(self, registry: Registry) -> Updates:
        """All of them, as the registry stands now; a visitor's choices of one stay."""
        trained, faults = trained_choices(registry), registry.faults
        return {
            **{choice: gr.Dropdown(trained) for choice in self.choices},
            self.fold: gr.Accordion(fold_label(trained)),
            self.compared: gr.Dropdown(trained, value=[model_id for _, model_id in trained]),
            self.models: models_section(registry.models.values()),
            self.faults: gr.HTML(faults_notice(faults), visible=bool(faults)),
            self.waiting: on_their_way(still_pending(registry)),
        }


def refresh_models(blocks: gr.Blocks, adding: Adding, form: AddingForm | None, widgets: ZooWidgets) -> None:
    """Whoever loads the page sees the models that have come since it was built; and the form's work."""
    registry = adding.client.registry
    built = registry.models, registry.faults

    def refresh() -> Any:
        changed = (registry.models, registry.faults) != built or still_pending(registry)
        return widgets.refreshed(registry) if changed else gr.skip()

    blocks.load(refresh, None, widgets.outputs, **PRIVATE)
    for added in _added(adding, form) if form else ():
        added.then(refresh, None, widgets.outputs, **PRIVATE)


def _added(adding: Adding, form: AddingForm) -> list[Any]:
    """The events that add a model."""
    limits: dict[str, Any] = {"concurrency_id": "hub", "concurrency_limit": 1}
    events = [form.add.click(adding.add, [form.repository, form.revision], form.status, **PRIVATE, **limits)]
    if form.upload:
        events.append(form.upload.upload(adding.add_file, form.upload, form.status, **PRIVATE, **limits))
    return events
