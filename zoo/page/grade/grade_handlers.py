"""The handlers of the tab that grades by one model: a card with the grade, and a heat map over the study."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from zoo.errors import Refused, StudyError, ZooError
from zoo.page.compute_client import ComputeClient, map_steps
from zoo.page.sessions import Session
from zoo.page.upload.assignment import candidates, complaints, unambiguous
from zoo.page.upload.unpacking import is_packed, unpacked
from zoo.page.viewer import viewer_value
from zoo.render.cards import empty_card, grade_card, message_card, progress_card
from zoo.types import DEFAULT_EXPLAINER, MODALITIES


class Grading:
    def __init__(self, client: ComputeClient) -> None:
        self.client = client

    def assign(self, scans: list[str] | None) -> Iterator[tuple[Any, ...]]:
        """Fill the table from the files' names, and open it when it has questions; yields (scans, slots, table, card).

        Zips and DICOM files are replaced by the scans in them.
        """
        files = [Path(scan) for scan in scans or []]
        if not is_packed(files):
            yield gr.skip(), *self._table(files)
            return
        *empty_table, _ = self._table([])
        yield gr.skip(), *empty_table, progress_card(0.2, "Unpacking")
        try:
            files = unpacked(self.client.registry, files, self.client.cache)
            yield [str(path) for path in files], *self._table(files)
        except StudyError as error:
            yield gr.skip(), *empty_table, message_card("error", "That did not work", str(error))

    def _table(self, files: list[Path]) -> tuple[Any, ...]:
        found = candidates(self.client.registry, files)
        chosen = unambiguous(found)
        choices = [path.name for path in files]
        slots = [
            gr.Dropdown(choices=choices, value=chosen[name].name if name in chosen else None) for name in MODALITIES
        ]
        questions = complaints(files, found, chosen)
        card = message_card("question", "Which file is which?", " ".join(questions)) if questions else empty_card()
        return *slots, gr.Accordion(open=bool(questions)), card

    def grade(
        self, session: Session | None, scans: list[str] | None, model_id: str, *slots: str | None
    ) -> Iterator[tuple[Any, ...]]:
        """Read, grade, explain; yields (session, card, viewer) as far as it has come."""
        try:
            reading = self.client.read(session, scans or [], slots)
            session = yield from map_steps(reading, lambda card: (None, card or gr.skip(), None))
            yield session, gr.skip(), viewer_value(session.volumes)
            yield from self._grade(session, model_id)
        except Refused as refusal:
            yield gr.skip(), message_card("refused", "Not graded", str(refusal)), gr.skip()
        except ZooError as error:
            yield gr.skip(), message_card("error", "That did not work", str(error)), gr.skip()

    def cancelled(self) -> str:
        """The card after a cancel."""
        self.client.wait_until_idle()
        return message_card("cancelled", "Cancelled", "Nothing is being computed any more.")

    def _grade(self, session: Session, model_id: str) -> Iterator[tuple[Any, ...]]:
        asked: dict[str, Any] = {"folder": session.folder, "model_id": model_id}
        grade = yield from self._follow("zoo.compute.tasks:grade", **asked)
        spec = self.client.registry.model(model_id)
        card = grade_card(grade, spec)
        yield gr.skip(), card, gr.skip()
        try:
            heat = yield from self._follow("zoo.compute.tasks:explain", card, **asked, explainer_id=DEFAULT_EXPLAINER)
            self.client.durations.record(spec, self.client.registry.explainer(DEFAULT_EXPLAINER), heat.seconds)
            yield gr.skip(), card, viewer_value(session.volumes, overlay=heat.path)
            curves = yield from self._follow("zoo.compute.tasks:slice_curves", card, **asked)
            yield gr.skip(), card, viewer_value(session.volumes, overlay=heat.path, curves=curves)
        except ZooError as error:
            yield gr.skip(), card + message_card("unexplained", "No heat map", str(error)), gr.skip()

    def _follow(self, task: str, card: str = "", **arguments: Any) -> Generator[tuple[Any, ...], None, Any]:
        """Run a task and show how far it is, below `card`; returns the task's result."""
        steps = self.client.follow(task, **arguments)
        return (yield from map_steps(steps, lambda news: (gr.skip(), card + news if news else gr.skip(), gr.skip())))
