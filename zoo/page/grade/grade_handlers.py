"""The handlers of the tab that grades by one model: a card with the grade, and a heat map over the study."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.blocks import Block

from zoo.errors import Refused, ZooError
from zoo.page.compute_client import ComputeClient, map_steps
from zoo.page.events import Updates, progress_in
from zoo.page.sessions import Session
from zoo.page.viewer import StudyViewer, viewer_value
from zoo.render.cards import grade_card, message_card
from zoo.types import DEFAULT_EXPLAINER


@dataclass(frozen=True)
class GradeWidgets:
    """What grading changes. session: the visitor's study. viewer: that study, with a heat map over it."""

    session: gr.State
    card: gr.HTML
    viewer: StudyViewer

    @property
    def outputs(self) -> list[Block]:
        return [self.session, self.card, self.viewer]


class Grading:
    def __init__(self, client: ComputeClient, widgets: GradeWidgets) -> None:
        self.client = client
        self.widgets = widgets

    def grade(
        self, session: Session | None, scans: list[str] | None, model_id: str, *slots: str | None
    ) -> Iterator[Updates]:
        """Read, grade, explain; yields what is there as far as it has come."""
        widgets = self.widgets
        nothing_yet = {widgets.session: None, widgets.viewer: None}
        try:
            reading = self.client.read(session, scans or [], slots)
            session = yield from map_steps(reading, lambda card: nothing_yet | progress_in(widgets.card, card))
            yield {widgets.session: session, widgets.viewer: viewer_value(session.volumes)}
            yield from self._grade(session, model_id)
        except Refused as refusal:
            yield {widgets.card: message_card("refused", "Not graded", str(refusal))}
        except ZooError as error:
            yield {widgets.card: message_card("error", "That did not work", str(error))}

    def cancelled(self) -> Updates:
        """What the card says after a cancel."""
        self.client.wait_until_idle()
        return {self.widgets.card: message_card("cancelled", "Cancelled", "Nothing is being computed any more.")}

    def _grade(self, session: Session, model_id: str) -> Iterator[Updates]:
        study: dict[str, Any] = {"folder": session.folder, "model_id": model_id}
        grade = yield from self._follow("zoo.compute.tasks:grade", **study)
        spec = self.client.registry.model(model_id)
        card = grade_card(grade, spec)
        yield {self.widgets.card: card}
        try:
            heat = yield from self._follow("zoo.compute.tasks:explain", card, **study, explainer_id=DEFAULT_EXPLAINER)
            self.client.durations.record(spec, self.client.registry.explainer(DEFAULT_EXPLAINER), heat.seconds)
            yield {self.widgets.card: card, self.widgets.viewer: viewer_value(session.volumes, overlay=heat.path)}
            curves = yield from self._follow("zoo.compute.tasks:slice_curves", card, **study)
            with_curves = viewer_value(session.volumes, overlay=heat.path, curves=curves)
            yield {self.widgets.card: card, self.widgets.viewer: with_curves}
        except ZooError as error:
            yield {self.widgets.card: card + message_card("unexplained", "No heat map", str(error))}

    def _follow(self, task: str, card: str = "", **arguments: Any) -> Generator[Updates, None, Any]:
        """Run a task and show how far it is, below `card`; returns the task's result."""
        steps = self.client.follow(task, **arguments)
        below = map_steps(steps, lambda progress: progress_in(self.widgets.card, progress and card + progress))
        return (yield from below)
