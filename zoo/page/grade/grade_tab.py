"""The tab that grades by one model."""

from __future__ import annotations

import json

import gradio as gr

from zoo.page.compute_client import ComputeClient
from zoo.page.events import COMPUTES, PRIVATE, Choices, default_choice
from zoo.page.explain.explain_widgets import explain_events, explain_widgets
from zoo.page.explain.explainer_choice import ExplainerChoice
from zoo.page.grade.grade_handlers import GradeWidgets, Grading
from zoo.page.grade.prevalence_field import PrevalenceWidgets
from zoo.page.segment.region_table import region_table
from zoo.page.upload.upload_handlers import Uploading
from zoo.page.upload.upload_widgets import StudyWidgets
from zoo.page.viewer import StudyViewer
from zoo.render.cards import empty_card

CLEARED = f"() => {json.dumps([empty_card(), '', ''])}"
"""JavaScript for the card, the regions and the preparation of another study."""


IF_OPEN = "(scans) => [document.getElementById('series')?.offsetParent ? scans : null]"
"""JavaScript for the scans that are to be looked at: all where the table of files is open, as it is with questions."""


def one_model_tab(
    client: ComputeClient,
    choice: ExplainerChoice,
    session: gr.State,
    study: StudyWidgets,
    prevalence: PrevalenceWidgets,
    trained: Choices,
) -> gr.Dropdown:
    """The dropdown of models."""
    model = gr.Dropdown(trained, value=default_choice(trained), label="Model", elem_id="model")
    with gr.Row():
        grade = gr.Button("Grade", variant="primary", elem_id="grade")
        cancel = gr.Button("Cancel", elem_id="cancel")
    card, regions = gr.HTML(empty_card(), elem_id="card"), region_table("regions")
    explain = explain_widgets(choice, model.value)
    widgets = GradeWidgets(session, card, StudyViewer(elem_id="viewer"), gr.State(None), regions, study.preparation)
    grading, uploading = Grading(client, widgets), Uploading(client, study, card)

    work = {"inputs": [session, model, prevalence.field, *study.given], "outputs": widgets.outputs, **PRIVATE}
    assign = {"fn": uploading.assign, "inputs": [study.scans, study.unpacked], "outputs": uploading.outputs, **PRIVATE}
    # Not on change: Gradio tells of one many times over, and the later ones would undo what was chosen in the table.
    changes = [study.scans.upload, study.scans.delete, study.scans.clear]
    clear = {"fn": None, "outputs": [card, regions, study.preparation], "js": CLEARED, **PRIVATE}
    # In the browser, so that it can't come late and take away the answer to a visitor who pressed Grade meanwhile.
    gr.on([*changes, *(picture.click for picture in study.examples.values())], **clear)
    files_changed = gr.on(changes, **assign)
    look = {"inputs": study.scans, "outputs": study.pictures, "concurrency_limit": None, **PRIVATE}
    files_changed.then(uploading.looked_at, js=IF_OPEN, **look)
    study.table.expand(uploading.looked_at, **look)
    # Whoever presses it with another model chosen, while the heat map of the first is made, is not to be left unheard.
    graded = grade.click(grading.grade, **work, **COMPUTES, trigger_mode="always_last")
    reexpress = {
        "fn": grading.reexpressed,
        "inputs": [widgets.graded, prevalence.field, card],
        "outputs": card,
        **PRIVATE,
    }
    gr.on(prevalence.given, **reexpress)
    graded.then(**reexpress)  # it was given while the heat map was made
    started = [files_changed, graded]
    for example, picture in study.examples.items():
        example_chosen = picture.click(example.scans, None, study.scans, **PRIVATE).then(**assign)
        example_graded = example_chosen.then(grading.grade, **work, **COMPUTES)
        example_graded.then(**reexpress)
        started.append(example_graded)
    stopped = cancel.click(None, cancels=started, **PRIVATE)
    stopped.then(grading.cancelled, None, card, **PRIVATE)
    explain_events(choice, explain, study, prevalence.field, model, grade, started, widgets.outputs)
    return model
