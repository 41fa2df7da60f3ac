"""The GliomaZoo page: drop a study, choose a model, see its grade and where it found it. `python app.py`"""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from zoo.errors import Refused, ZooError
from zoo.examples import EXAMPLES
from zoo.page.assignment import candidates, complaints, settle, unambiguous
from zoo.page.cards import empty_card, example_button, grade_card, message_card, progress_card, zoo_section
from zoo.page.sessions import Session, close_session, open_session
from zoo.registry import Registry, load_registry
from zoo.types import DISCLAIMER, MODALITIES, MODALITY_TITLES
from zoo.viewer import StudyViewer, viewer_value
from zoo.worker import Worker

HERE = Path(__file__).parent
CSS = (HERE / "zoo" / "page" / "page.css").read_text(encoding="utf-8")
EXPLAINER = "grad-cam"
IDLE_SECONDS = 3600
FONT = ["system-ui", "sans-serif"]  # not the theme's own, which would be fetched from elsewhere
THEME = gr.themes.Default(font=FONT, font_mono=["ui-monospace", "monospace"])
INTRODUCTION = f"""
# GliomaZoo
Is a glioma low-grade or high-grade? Drop the four MRI scans of one study and see what each grader says, and where it
looked. <strong class="zoo-badge">{DISCLAIMER}</strong>
"""


class Page:
    """The handlers behind the widgets: they read the registry, ask the worker, and give back what to show."""

    def __init__(self, registry: Registry, worker: Worker, cache: Path) -> None:
        self.registry = registry
        self.worker = worker
        self.cache = cache

    def assign(self, scans: list[str] | None) -> list[Any]:
        """Fill the table from the files' names, and open it when it has questions: dropdowns, table, card."""
        files = [Path(scan) for scan in scans or []]
        found = candidates(self.registry, files)
        chosen = unambiguous(found)
        choices = [path.name for path in files]
        slots = [
            gr.Dropdown(choices=choices, value=chosen[name].name if name in chosen else None) for name in MODALITIES
        ]
        questions = complaints(files, found, chosen)
        card = message_card("question", "Which file is which?", " ".join(questions)) if questions else empty_card()
        return [*slots, gr.Accordion(open=bool(questions)), card]

    def grade(
        self, session: Session | None, scans: list[str] | None, model_id: str, *slots: str | None
    ) -> Iterator[tuple[Any, ...]]:
        """Read, grade, explain; yields (session, card, viewer) as far as it has come."""
        try:
            session = yield from self._read(session, [Path(scan) for scan in scans or []], slots)
            yield session, gr.skip(), viewer_value(session.volumes)
            yield from self._grade(session, model_id)
        except Refused as refusal:
            yield gr.skip(), message_card("refused", "Not graded", str(refusal)), gr.skip()
        except ZooError as error:
            yield gr.skip(), message_card("error", "That did not work", str(error)), gr.skip()

    def cancelled(self) -> str:
        """The card after a cancel, once no late progress can come and take its place."""
        self.worker.wait_until_idle()
        return message_card("cancelled", "Cancelled", "Nothing is being computed any more.")

    def _read(
        self, session: Session | None, files: list[Path], slots: tuple[str | None, ...]
    ) -> Generator[tuple[Any, ...], None, Session]:
        """The session of this assignment: the open one if it is the same, else a new one."""
        source = settle(self.registry, files, dict(zip(MODALITIES, slots, strict=True)))
        if session is not None and session.source == source:
            return session
        close_session(session)
        yield None, progress_card(0, "Starting"), None
        session = open_session(self.cache, source)
        try:
            yield from self._follow("zoo.tasks:read", files=source, folder=session.folder)
        except BaseException:  # a cancel too: half a study must not be graded later
            close_session(session)
            raise
        return session

    def _grade(self, session: Session, model_id: str) -> Iterator[tuple[Any, ...]]:
        work = {"folder": session.folder, "model_id": model_id}
        grade = yield from self._follow("zoo.tasks:grade", **work)
        card = grade_card(grade, self.registry.model(model_id))
        yield gr.skip(), card, gr.skip()
        try:
            heat = yield from self._follow("zoo.tasks:explain", card, **work, explainer_id=EXPLAINER)
            yield gr.skip(), card, viewer_value(session.volumes, overlay=heat)
        except ZooError as error:
            yield gr.skip(), card + message_card("unexplained", "No heat map", str(error)), gr.skip()

    def _follow(self, task: str, card: str = "", **arguments: Any) -> Generator[tuple[Any, ...], None, Any]:
        """Run a task and show how far it is, below `card`; returns the task's result."""
        running = self.worker.run(task, **arguments)
        shown = None
        try:
            while True:
                update = next(running)
                news = update != shown  # the same card again would be read out again, four times a second
                shown = update
                yield gr.skip(), card + progress_card(update.fraction, update.text) if news else gr.skip(), gr.skip()
        except StopIteration as finished:
            return finished.value
        finally:
            running.close()  # which cancels the task when the visitor did


def build_page(registry: Registry, worker: Worker, cache: Path) -> gr.Blocks:
    """The page for whatever models the registry holds; `cache` is Gradio's own folder, from which it may serve."""
    page = Page(registry, worker, cache)
    trained = [(f"{spec.title} ({spec.id})", spec.id) for spec in registry.models.values() if spec.is_trained]
    with gr.Blocks(title="GliomaZoo", analytics_enabled=False, delete_cache=(IDLE_SECONDS, IDLE_SECONDS)) as blocks:
        session = gr.State(None, time_to_live=IDLE_SECONDS, delete_callback=close_session)
        gr.Markdown(INTRODUCTION)
        with gr.Row():
            with gr.Column(scale=2, min_width=320):
                scans = gr.File(
                    label="Scans of one study (.nii, .nii.gz)", file_count="multiple",
                    file_types=[".nii", ".nii.gz"], elem_id="scans",
                )  # fmt: skip
                gr.Markdown("Or try a simulated study (no patient):")
                with gr.Row(elem_id="examples"):
                    pictures = [gr.HTML(example_button(each), elem_id=each.name, min_width=130) for each in EXAMPLES]
                with gr.Accordion("Which file is which", open=False, elem_id="assignment") as table:
                    slots = [
                        gr.Dropdown([], label=MODALITY_TITLES[name], elem_id=f"slot-{name}") for name in MODALITIES
                    ]
                model = gr.Dropdown(trained, value=trained[0][1] if trained else None, label="Model", elem_id="model")
                with gr.Row():
                    grade = gr.Button("Grade", variant="primary", elem_id="grade")
                    cancel = gr.Button("Cancel", elem_id="cancel")
            with gr.Column(scale=3, min_width=340):
                card = gr.HTML(empty_card(), elem_id="card")
                viewer = StudyViewer(elem_id="viewer")
        gr.HTML(zoo_section(registry.models.values(), registry.faults), elem_id="models")

        private = {"api_visibility": "private", "show_progress": "hidden"}
        work = {"inputs": [session, scans, model, *slots], "outputs": [session, card, viewer], **private}
        assigned = scans.change(page.assign, scans, [*slots, table, card], **private)
        graded = grade.click(page.grade, **work, concurrency_id="compute", concurrency_limit=1)
        started = [assigned, graded]
        for example, picture in zip(EXAMPLES, pictures, strict=True):
            shown = picture.click(example.scans, None, scans, **private)
            shown = shown.then(page.assign, scans, [*slots, table, card], **private)
            started.append(shown.then(page.grade, **work, concurrency_id="compute"))
        stopped = cancel.click(None, cancels=started, **private)
        stopped.then(page.cancelled, None, card, **private)
    return blocks


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
