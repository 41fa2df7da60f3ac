"""The GliomaZoo page: drop a study, choose a model, see its grade and where it found it. `python app.py`"""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import sys
import tempfile
import threading
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

import gradio as gr

from zoo.examples import EXAMPLES, Example
from zoo.hub import still_wanted
from zoo.page.adding import Adding
from zoo.page.api import Api
from zoo.page.cards import empty_card, example_button
from zoo.page.comparing import Comparing
from zoo.page.explaining import Explaining
from zoo.page.grading import Grading
from zoo.page.reporting import Reporting
from zoo.page.scan_input import ScanInput
from zoo.page.work import Work
from zoo.page.zoo_tab.hub_form import HubForm, hub_form, on_their_way
from zoo.page.zoo_tab.models import faults_notice, models_section
from zoo.page.zoo_tab.tab import zoo_tab
from zoo.registry import Registry, load_registry
from zoo.types import DEFAULT_EXPLAINER, DISCLAIMER, MODALITIES, MODALITY_TITLES
from zoo.viewer import StudyViewer
from zoo.worker import Worker

HERE = Path(__file__).parent
CSS = "".join((HERE / "zoo" / "page" / name).read_text(encoding="utf-8") for name in ("page.css", "zoo_tab.css"))
IDLE_SECONDS = 3600
TWO_SIDES = ("guided-dual-attention.compact", "early-fusion.compact")
FILE_TYPES = [".nii", ".nii.gz", ".zip", ".dcm", ".ima"]
PRIVATE = {"api_visibility": "private", "show_progress": "hidden"}
COMPUTES = {"concurrency_id": "compute", "concurrency_limit": 1}
FONT = ["system-ui", "sans-serif"]  # not the theme's own, which would be fetched from elsewhere
THEME = gr.themes.Default(font=FONT, font_mono=["ui-monospace", "monospace"])
Choices = list[tuple[str, str]]  # (title, id) of the models that can grade
INTRODUCTION = f"""
# GliomaZoo
Is a glioma low-grade or high-grade? Drop the four MRI scans of one study and see what each grader says, and where it
looked. <strong class="zoo-badge">{DISCLAIMER}</strong>
"""


@dataclass(frozen=True)
class StudyWidgets:
    """Where a visitor gives a study: files, the examples' pictures, and the table that says which file is which."""

    scans: gr.File
    examples: dict[Example, gr.HTML]
    table: gr.Accordion
    slots: list[gr.Dropdown]


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
        trained, faults = _trained(registry), registry.faults
        return [
            *(gr.Dropdown(trained) for _ in self.choices),
            gr.Accordion(_fold_label(trained)),
            gr.Dropdown(trained, value=[model_id for _, model_id in trained]),
            models_section(registry.models.values()),
            gr.HTML(faults_notice(faults), visible=bool(faults)),
            on_their_way(still_wanted(registry)),
        ]


@dataclass(frozen=True)
class ExplainWidgets:
    """Where a visitor chooses how a grade is explained. note: what that would tell and cost. told: what it told.

    Two places, so that no late note takes the place of an answer.
    """

    explainer: gr.Dropdown
    button: gr.Button
    stop: gr.Button
    note: gr.HTML
    told: gr.HTML


def build_page(registry: Registry, worker: Worker, cache: Path) -> gr.Blocks:
    """The page for whatever models the registry holds; `cache` is Gradio's own folder, from which it may serve."""
    work = Work(registry, worker, cache)
    trained, adding = _trained(registry), Adding(work)
    with gr.Blocks(title="GliomaZoo", analytics_enabled=False, delete_cache=(IDLE_SECONDS, IDLE_SECONDS)) as blocks:
        _endpoints(Api(work))  # first: Gradio numbers names that are taken, those of handlers too
        session = gr.State(None, time_to_live=IDLE_SECONDS, delete_callback=work.sessions.forget)
        gr.Markdown(INTRODUCTION)
        faults = gr.HTML(faults_notice(registry.faults), visible=bool(registry.faults), elem_id="faults")
        with gr.Tabs():
            with gr.Tab("Grade", id="grade"), gr.Row():
                with gr.Column(scale=2, min_width=320):
                    study = _study_widgets()
                with gr.Column(scale=3, min_width=340):
                    with gr.Tabs():
                        with gr.Tab("One model", id="one"):
                            model = _grade_tab(Grading(work), Explaining(work), session, study, trained)
                        with gr.Tab("Compare models", id="compare"):
                            fold, compared, sides = _compare_tab(Comparing(work), session, study, trained)
                    _report_widgets(Reporting(work), session, study)
            with gr.Tab("Zoo", id="zoo"):
                models = zoo_tab(registry, PRIVATE)
                waiting = gr.HTML(elem_id="hub-waiting")
                form = hub_form(adding.allowed)
        _forget_who_leaves(blocks)
        _late_models(blocks, adding, form, ZooWidgets([model, *sides], fold, compared, models, faults, waiting))
    return blocks


def _forget_who_leaves(blocks: gr.Blocks) -> None:
    """As soon as the tab is closed; Gradio itself would wait an hour."""

    def forget(request: gr.Request) -> None:
        blocks.app.state_holder.delete_state(str(request.session_hash))

    blocks.unload(forget)


def _late_models(blocks: gr.Blocks, adding: Adding, form: HubForm | None, widgets: ZooWidgets) -> None:
    """Whoever loads the page sees the models that have come from the Hub since it was built; and the form's work."""
    registry = adding.work.registry
    built = registry.models, registry.faults

    def shown() -> list[Any]:
        news = (registry.models, registry.faults) != built or still_wanted(registry)
        return widgets.shown(registry) if news else [gr.skip()] * len(widgets.all)

    blocks.load(shown, None, widgets.all, **PRIVATE)
    if form:
        inputs, limits = [form.repository, form.revision], {"concurrency_id": "hub", "concurrency_limit": 1}
        added = form.add.click(adding.add, inputs, form.status, **PRIVATE, **limits)
        added.then(shown, None, widgets.all, **PRIVATE)


def _trained(registry: Registry) -> Choices:
    return [(f"{spec.title} ({spec.id})", spec.id) for spec in registry.models.values() if spec.is_trained]


def _fold_label(trained: Choices) -> str:
    return f"Models: all {len(trained)}, unless you choose"


def _study_widgets() -> StudyWidgets:
    scans = gr.File(
        label="Scans of one study (NIfTI, DICOM, or a zip of either)", file_count="multiple", file_types=FILE_TYPES,
        elem_id="scans",
    )  # fmt: skip
    gr.Markdown("Or try a simulated study (no patient):")
    with gr.Row(elem_id="examples"):
        examples = {each: gr.HTML(example_button(each), elem_id=each.name, min_width=130) for each in EXAMPLES}
    with gr.Accordion("Which file is which", open=False, elem_id="assignment") as table:
        slots = [_slot(name) for name in MODALITIES]
    return StudyWidgets(scans, examples, table, slots)


def _slot(modality: str) -> gr.Dropdown:
    """Takes any text: Gradio would fail on the choice of an earlier upload, which a fast visitor still sends."""
    return gr.Dropdown([], label=MODALITY_TITLES[modality], allow_custom_value=True, elem_id=f"slot-{modality}")


def _grade_tab(
    grading: Grading, explaining: Explaining, session: gr.State, study: StudyWidgets, trained: Choices
) -> gr.Dropdown:
    """The dropdown of models."""
    model = gr.Dropdown(trained, value=trained[0][1] if trained else None, label="Model", elem_id="model")
    with gr.Row():
        grade = gr.Button("Grade", variant="primary", elem_id="grade")
        cancel = gr.Button("Cancel", elem_id="cancel")
    card = gr.HTML(empty_card(), elem_id="card")
    explain = _explain_widgets(explaining, model.value)
    viewer = StudyViewer(elem_id="viewer")

    work = {"inputs": [session, study.scans, model, *study.slots], "outputs": [session, card, viewer], **PRIVATE}
    assigned = [study.scans, *study.slots, study.table, card]
    assign = {"fn": grading.assign, "inputs": study.scans, "outputs": assigned, **PRIVATE}
    # Not on change: Gradio tells of one many times over, and the later ones would undo what was chosen in the table.
    given = gr.on([study.scans.upload, study.scans.delete, study.scans.clear], **assign)
    started = [given, grade.click(grading.grade, **work, **COMPUTES)]
    for example, picture in study.examples.items():
        shown = picture.click(example.scans, None, study.scans, **PRIVATE).then(**assign)
        started.append(shown.then(grading.grade, **work, **COMPUTES))
    stopped = cancel.click(None, cancels=started, **PRIVATE)
    stopped.then(grading.cancelled, None, card, **PRIVATE)
    _explain_events(explaining, explain, study, model, grade, started, [session, card, viewer])
    return model


def _explain_widgets(explaining: Explaining, model_id: str | None) -> ExplainWidgets:
    """Takes any text for the same reason as `_slot`."""
    choices, chosen, noted = explaining.choices(model_id, DEFAULT_EXPLAINER)
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


def _explain_events(
    explaining: Explaining, explain: ExplainWidgets, study: StudyWidgets, model: gr.Dropdown, grade: gr.Button,
    graded: list[Any], shown: list[Any],
) -> None:  # fmt: skip
    """graded: the events that grade. shown: session, card and viewer."""
    asked = [model, explain.explainer]
    model.change(explaining.offer, asked, [explain.explainer, explain.note], **PRIVATE)
    explain.explainer.change(explaining.note, asked, explain.note, **PRIVATE)  # `input` drops a choice made meanwhile
    for event in graded:
        event.then(explaining.offer, asked, [explain.explainer, explain.note], **PRIVATE)
    for begin in (model.change, study.scans.change, grade.click):
        begin(None, None, explain.told, js="() => ''", **PRIVATE)
    started = explain.button.click(
        explaining.explain,
        [shown[0], study.scans, *asked, *study.slots],
        [*shown, explain.told, explain.stop],
        **PRIVATE,
        **COMPUTES,
    )
    stopped = explain.stop.click(None, cancels=[started], **PRIVATE)
    stopped.then(explaining.cancelled, None, [explain.told, explain.stop], **PRIVATE)


def _compare_tab(
    comparing: Comparing, session: gr.State, study: StudyWidgets, trained: Choices
) -> tuple[gr.Accordion, gr.Dropdown, list[gr.Dropdown]]:
    """What chooses models: the fold, in it several, and one for each side."""
    every = [model_id for _, model_id in trained]
    with gr.Accordion(_fold_label(trained), open=False) as fold:
        models = gr.Dropdown(trained, value=every, label="Models", multiselect=True, elem_id="compared")
    with gr.Row():
        compare = gr.Button("Compare", variant="primary", elem_id="compare")
        cancel = gr.Button("Cancel", elem_id="cancel-comparison")
    status = gr.HTML(elem_id="comparing")
    table = gr.HTML(elem_id="comparison")
    sides = [name for name in TWO_SIDES if name in every] or every[:2]
    with gr.Row():
        columns = [_side(trained, side, name) for side, name in zip_longest(("left", "right"), sides)]
    bars = gr.HTML(elem_id="contributions")

    (left, left_viewer), (right, right_viewer) = columns
    inputs = [session, study.scans, models, left, right, *study.slots]
    outputs = [session, status, table, left_viewer, right_viewer, bars]
    started = [compare.click(comparing.compare, inputs, outputs, **PRIVATE, **COMPUTES)]
    for choice, viewer in columns:
        started.append(choice.input(comparing.heat_map, [session, choice], [status, viewer], **PRIVATE, **COMPUTES))
    study.scans.change(lambda: ("", "", None, None, ""), None, outputs[1:], **PRIVATE)
    stopped = cancel.click(None, cancels=started, **PRIVATE)
    stopped.then(comparing.cancelled, None, status, **PRIVATE)
    return fold, models, [left, right]


def _report_widgets(reporting: Reporting, session: gr.State, study: StudyWidgets) -> None:
    button = gr.Button("Report of this study", elem_id="make-report")
    status = gr.HTML(elem_id="reporting")
    files = gr.File(label="Report: a page to read and print, and JSON", visible=False, elem_id="report")
    button.click(reporting.report, session, [status, files], **PRIVATE, **COMPUTES)
    study.scans.change(lambda: ("", gr.File(None, visible=False)), None, [status, files], **PRIVATE)


def _side(trained: Choices, side: str, model_id: str | None) -> tuple[gr.Dropdown, StudyViewer]:
    with gr.Column(min_width=300):
        choice = gr.Dropdown(trained, value=model_id, label=f"Where it looked, {side}", elem_id=f"{side}-model")
        return choice, StudyViewer(elem_id=f"{side}-viewer")


def _endpoints(api: Api) -> None:
    """What programs may call; nothing of it is to be seen."""
    # One widget a scan and text for the models: MCP clients can send no lists of files, and only what a list offers.
    scans = [ScanInput(label=name, visible=False) for name in MODALITIES]
    model, models = gr.Textbox(label="model", visible=False), gr.Textbox(label="models", visible=False)
    json, html = gr.JSON(visible=False), gr.Textbox(visible=False)
    button = gr.Button(visible=False)
    button.click(api.list_models, None, json, api_name="models")
    button.click(api.grade, [model, *scans], json, api_name="grade", **COMPUTES)
    button.click(api.compare, [models, *scans], json, api_name="compare", **COMPUTES)
    button.click(api.contributions, [model, *scans], json, api_name="contributions", **COMPUTES)
    button.click(api.report, [model, *scans], html, api_name="report", **COMPUTES)


def private_cache() -> Path:
    """A folder of this process alone for uploads and heat maps, gone when it ends; and no word to the outside."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    cache = Path(tempfile.mkdtemp(prefix="glioma-zoo-"))
    os.environ["GRADIO_TEMP_DIR"] = str(cache)
    atexit.register(shutil.rmtree, cache, ignore_errors=True)
    return cache


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that what is registered at exit runs
    worker = Worker()
    atexit.register(worker.close)
    threading.Thread(target=worker.result, args=("zoo.tasks:warm_up",), daemon=True).start()
    registry, cache = load_registry(), private_cache()
    threading.Thread(target=Adding(Work(registry, worker, cache)).pull_wanted, daemon=True).start()
    blocks = build_page(registry, worker, cache)
    blocks.queue(max_size=32).launch(
        css=CSS,
        theme=THEME,
        max_file_size="200mb",
        footer_links=[],
        allowed_paths=[str(example.folder) for example in EXAMPLES],
    )


if __name__ == "__main__":
    main()
