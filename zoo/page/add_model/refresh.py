"""Models that come after the page was built: every widget that shows models learns of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from zoo.page.add_model.add_form import AddingForm, on_their_way
from zoo.page.add_model.add_handlers import Adding
from zoo.page.compare.compare_tab import fold_label
from zoo.page.events import PRIVATE, trained_choices
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
    def all(self) -> list[Any]:
        return [*self.choices, self.fold, self.compared, self.models, self.faults, self.waiting]

    def shown(self, registry: Registry) -> list[Any]:
        """`all`, as the registry stands now; a visitor's choices of one stay."""
        trained, faults = trained_choices(registry), registry.faults
        return [
            *(gr.Dropdown(trained) for _ in self.choices),
            gr.Accordion(fold_label(trained)),
            gr.Dropdown(trained, value=[model_id for _, model_id in trained]),
            models_section(registry.models.values()),
            gr.HTML(faults_notice(faults), visible=bool(faults)),
            on_their_way(still_pending(registry)),
        ]


def late_models(blocks: gr.Blocks, adding: Adding, form: AddingForm | None, widgets: ZooWidgets) -> None:
    """Whoever loads the page sees the models that have come since it was built; and the form's work."""
    registry = adding.client.registry
    built = registry.models, registry.faults

    def shown() -> list[Any]:
        news = (registry.models, registry.faults) != built or still_pending(registry)
        return widgets.shown(registry) if news else [gr.skip()] * len(widgets.all)

    blocks.load(shown, None, widgets.all, **PRIVATE)
    for added in _added(adding, form) if form else ():
        added.then(shown, None, widgets.all, **PRIVATE)


def _added(adding: Adding, form: AddingForm) -> list[Any]:
    """The events that add a model."""
    limits: dict[str, Any] = {"concurrency_id": "hub", "concurrency_limit": 1}
    events = [form.add.click(adding.add, [form.repository, form.revision], form.status, **PRIVATE, **limits)]
    if form.upload:
        events.append(form.upload.upload(adding.add_file, form.upload, form.status, **PRIVATE, **limits))
    return events
