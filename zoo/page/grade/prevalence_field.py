"""Where a visitor gives their clinic's prevalence, for which all grades of the page are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from zoo.errors import ZooError
from zoo.page.events import PRIVATE
from zoo.render.cards import message_card
from zoo.types import ONE_HALF
from zoo.weights.prevalence import expect_prevalence

MEANING = (
    "Share of HGG among the patients whom you would grade, such as 0.75. Probabilities are calibrated at one half of "
    "each grade, and hold for that where the field is empty. Another share moves probabilities and predictive values; "
    "which grade is called stays."
)


@dataclass(frozen=True)
class PrevalenceWidgets:
    """Field for a share of HGG, which may stay empty, and the complaint about what is wrong with it."""

    field: gr.Textbox
    complaint: gr.HTML

    @property
    def given(self) -> list[Any]:
        """The events at which a share is complete; while somebody still types, it isn't."""
        return [self.field.submit, self.field.blur]


def prevalence_widgets() -> PrevalenceWidgets:
    # As text: Gradio 6.31 sends an empty field of numbers as 0.
    field = gr.Textbox(
        label="Prevalence of HGG at your clinic", info=MEANING, placeholder=f"{ONE_HALF:g}", elem_id="prevalence"
    )
    widgets = PrevalenceWidgets(field, gr.HTML(elem_id="prevalence-complaint"))
    gr.on(widgets.given, complaint, field, widgets.complaint, **PRIVATE)
    return widgets


def complaint(prevalence: Any) -> str:
    """HTML that says what is wrong with a share; nothing where it can be used."""
    try:
        expect_prevalence(prevalence)
    except ZooError as error:
        return message_card("error", "That is no prevalence", str(error))
    return ""


def is_usable(prevalence: Any) -> bool:
    return not complaint(prevalence)
