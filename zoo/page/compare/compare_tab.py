"""The tab that compares models on one study."""

from __future__ import annotations

from functools import partial
from itertools import zip_longest
from typing import Any

import gradio as gr

from zoo.page.compare.compare_handlers import CompareWidgets, Comparing
from zoo.page.compute_client import ComputeClient
from zoo.page.events import COMPUTES, PRIVATE, Choices
from zoo.page.grade.prevalence_field import PrevalenceWidgets
from zoo.page.segment.region_table import region_table
from zoo.page.upload.upload_widgets import StudyWidgets
from zoo.page.viewer import StudyViewer
from zoo.types.roles import COMPARED_MODELS


def compare_tab(
    client: ComputeClient, session: gr.State, study: StudyWidgets, prevalence: PrevalenceWidgets, trained: Choices
) -> tuple[gr.Accordion, gr.Dropdown, list[gr.Dropdown]]:
    """What chooses models: the fold, in it several, and one for each side."""
    every = [model_id for _, model_id in trained]
    with gr.Accordion(fold_label(trained), open=False) as fold:
        models = gr.Dropdown(trained, value=every, label="Models", multiselect=True, elem_id="compared")
    with gr.Row():
        compare = gr.Button("Compare", variant="primary", elem_id="compare")
        cancel = gr.Button("Cancel", elem_id="cancel-comparison")
    status = gr.HTML(elem_id="comparing")
    table, regions = gr.HTML(elem_id="comparison"), region_table("compared-regions")
    sides = [name for name in COMPARED_MODELS if name in every] or every[:2]
    with gr.Row():
        columns = [_side(trained, side, name) for side, name in zip_longest(("left", "right"), sides)]
    bars = gr.HTML(elem_id="contributions")

    (left, left_viewer), (right, right_viewer) = columns
    inputs = [session, models, left, right, prevalence.field, *study.given]
    viewers = (left_viewer, right_viewer)
    widgets = CompareWidgets(session, status, table, regions, *viewers, bars, gr.State(None), study.preparation)
    comparing = Comparing(client, widgets)
    compared = compare.click(comparing.compare, inputs, widgets.outputs, **PRIVATE, **COMPUTES)
    reexpress = {"fn": comparing.reexpressed, "inputs": [widgets.compared, prevalence.field], "outputs": table}
    for given in (*prevalence.given, compared.then):  # or while others still graded
        given(**reexpress, **PRIVATE)
    started: list[Any] = [compared]
    for choice, viewer in columns:
        heat_map = partial(comparing.heat_map, viewer)
        started.append(choice.input(heat_map, [session, choice], [status, viewer], **PRIVATE, **COMPUTES))
    study.scans.change(comparing.cleared, None, widgets.results, **PRIVATE)
    stopped = cancel.click(None, cancels=started, **PRIVATE)
    stopped.then(comparing.cancelled, None, status, **PRIVATE)
    return fold, models, [left, right]


def _side(trained: Choices, side: str, model_id: str | None) -> tuple[gr.Dropdown, StudyViewer]:
    with gr.Column(min_width=300):
        choice = gr.Dropdown(trained, value=model_id, label=f"Where it looked, {side}", elem_id=f"{side}-model")
        return choice, StudyViewer(elem_id=f"{side}-viewer")


def fold_label(trained: Choices) -> str:
    return f"Models: all {len(trained)}, unless you choose"
