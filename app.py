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

import gradio as gr

from zoo.examples import EXAMPLES, Example
from zoo.page.api import Api
from zoo.page.cards import empty_card, example_button
from zoo.page.comparing import Comparing
from zoo.page.grading import Grading
from zoo.page.reporting import Reporting
from zoo.page.scan_input import ScanInput
from zoo.page.sessions import close_session
from zoo.page.work import Work
from zoo.page.zoo_tab.models import faults_notice
from zoo.page.zoo_tab.tab import zoo_tab
from zoo.registry import Registry, load_registry
from zoo.types import DISCLAIMER, MODALITIES, MODALITY_TITLES
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


def build_page(registry: Registry, worker: Worker, cache: Path) -> gr.Blocks:
    """The page for whatever models the registry holds; `cache` is Gradio's own folder, from which it may serve."""
    work = Work(registry, worker, cache)
    trained = [(f"{spec.title} ({spec.id})", spec.id) for spec in registry.models.values() if spec.is_trained]
    with gr.Blocks(title="GliomaZoo", analytics_enabled=False, delete_cache=(IDLE_SECONDS, IDLE_SECONDS)) as blocks:
        _endpoints(Api(work))  # first: Gradio numbers names that are taken, those of handlers too
        session = gr.State(None, time_to_live=IDLE_SECONDS, delete_callback=close_session)
        gr.Markdown(INTRODUCTION)
        if registry.faults:
            gr.HTML(faults_notice(registry.faults), elem_id="faults")
        with gr.Tabs():
            with gr.Tab("Grade", id="grade"), gr.Row():
                with gr.Column(scale=2, min_width=320):
                    study = _study_widgets()
                with gr.Column(scale=3, min_width=340):
                    with gr.Tabs():
                        with gr.Tab("One model", id="one"):
                            _grade_tab(Grading(work), session, study, trained)
                        with gr.Tab("Compare models", id="compare"):
                            _compare_tab(Comparing(work), session, study, trained)
                    _report_widgets(Reporting(work), session, study)
            with gr.Tab("Zoo", id="zoo"):
                zoo_tab(registry, PRIVATE)
    return blocks


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


def _grade_tab(grading: Grading, session: gr.State, study: StudyWidgets, trained: Choices) -> None:
    model = gr.Dropdown(trained, value=trained[0][1] if trained else None, label="Model", elem_id="model")
    with gr.Row():
        grade = gr.Button("Grade", variant="primary", elem_id="grade")
        cancel = gr.Button("Cancel", elem_id="cancel")
    card = gr.HTML(empty_card(), elem_id="card")
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


def _compare_tab(comparing: Comparing, session: gr.State, study: StudyWidgets, trained: Choices) -> None:
    every = [model_id for _, model_id in trained]
    with gr.Accordion(f"Models: all {len(every)}, unless you choose", open=False):
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
    blocks = build_page(load_registry(), worker, private_cache())
    blocks.queue(max_size=32).launch(
        css=CSS,
        theme=THEME,
        max_file_size="200mb",
        footer_links=[],
        allowed_paths=[str(example.folder) for example in EXAMPLES],
    )


if __name__ == "__main__":
    main()
