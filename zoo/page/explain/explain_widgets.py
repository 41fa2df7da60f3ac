"""Widgets below the grade: how it is to be explained, and what came of that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from zoo.page.events import COMPUTES, PRIVATE
from zoo.page.explain.explain_handlers import Explaining, ExplainOutputs
from zoo.page.explain.explainer_choice import ExplainerChoice
from zoo.page.upload.upload_widgets import StudyWidgets
from zoo.types import DEFAULT_EXPLAINER


@dataclass(frozen=True)
class ExplainWidgets:
    """Where a visitor chooses how a grade is explained. note: what that would tell and cost. explanation: what it told.

    Two places, so that no late note takes the place of an answer.
    """

    explainer: gr.Dropdown
    button: gr.Button
    stop: gr.Button
    note: gr.HTML
    explanation: gr.HTML


def explain_widgets(choice: ExplainerChoice, model_id: str | None) -> ExplainWidgets:
    """Takes any text for the same reason as the slots of a study."""
    choices, chosen, noted = choice.choices(model_id, DEFAULT_EXPLAINER)
    with gr.Row(elem_id="explain-row"):
        explainer = gr.Dropdown(
            choices,
            value=chosen,
            label="Explain by",
            allow_custom_value=True,
            scale=3,
            min_width=280,
            elem_id="explainer",
        )
        button = gr.Button("Explain", elem_id="explain", min_width=100)
        stop = gr.Button("Cancel", visible=False, elem_id="cancel-explanation", min_width=100)
    note = gr.HTML(noted, elem_id="explainer-note")
    return ExplainWidgets(explainer, button, stop, note, gr.HTML(elem_id="explanation"))


def explain_events(
    choice: ExplainerChoice, explain: ExplainWidgets, study: StudyWidgets, prevalence: gr.Textbox, model: gr.Dropdown,
    grade: gr.Button, graded: list[Any], grade_outputs: list[Any],
) -> None:  # fmt: skip
    """Connect the explanation's widgets. graded: the events that grade. grade_outputs: those of `GradeWidgets`."""
    outputs = [*grade_outputs, explain.explanation, explain.stop]
    explaining = Explaining(choice.client, ExplainOutputs(*outputs))
    selection = [model, explain.explainer]
    model.change(choice.offer, selection, [explain.explainer, explain.note], **PRIVATE)
    explain.explainer.change(choice.note, selection, explain.note, **PRIVATE)  # `input` drops a choice made meanwhile
    for event in graded:
        event.then(choice.offer, selection, [explain.explainer, explain.note], **PRIVATE)
    for begin in (model.change, study.scans.change, grade.click):
        begin(None, None, explain.explanation, js="() => ''", **PRIVATE)
    started = explain.button.click(
        explaining.explain,
        [grade_outputs[0], *selection, prevalence, *study.given],
        outputs,
        **PRIVATE,
        **COMPUTES,
    )
    stopped = explain.stop.click(None, cancels=[started], **PRIVATE)
    stopped.then(explaining.cancelled, None, [explain.explanation, explain.stop], **PRIVATE)
