"""The handlers of the tab that grades by one model: a card with the grade, and a heat map over the study."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import gradio as gr
from gradio.blocks import Block

from zoo.errors import Refused, ZooError
from zoo.page.compute_client import ComputeClient, map_steps
from zoo.page.events import Updates, progress_in
from zoo.page.grade.prevalence_field import is_usable
from zoo.page.sessions import Session
from zoo.page.viewer import StudyViewer, viewer_value
from zoo.render.cards import grade_card, message_card
from zoo.types import DEFAULT_EXPLAINER, Grade
from zoo.weights.prevalence import at_prevalence, expect_prevalence

Result = TypeVar("Result")
GRADED, END = 'data-state="graded"', "</section>"
"""What a grade's card has, and what it ends with."""


@dataclass(frozen=True)
class GradeWidgets:
    """What grading changes. session: the visitor's study. viewer: that study, with a heat map over it. graded: the
    `Grade` on the card, as calibrated."""

    session: gr.State
    card: gr.HTML
    viewer: StudyViewer
    graded: gr.State

    @property
    def outputs(self) -> list[Block]:
        return [self.session, self.card, self.viewer, self.graded]


class Grading:
    def __init__(self, client: ComputeClient, widgets: GradeWidgets) -> None:
        self.client = client
        self.widgets = widgets

    def grade(
        self, session: Session | None, model_id: str, prevalence: str | float | None, *given: Any
    ) -> Iterator[Updates]:
        """Read, grade, show the study, explain; yields what is there as far as it has come.

        prevalence: see `expect_prevalence`. given: as in `StudyWidgets.given`.
        """
        widgets = self.widgets
        nothing_yet = {widgets.session: None, widgets.viewer: None}
        try:
            share = expect_prevalence(prevalence)
            reading = self.client.read(session, *given)
            session = yield from map_steps(reading, lambda card: nothing_yet | progress_in(widgets.card, card))
            yield {widgets.session: session}
            yield from self._answered(session, model_id, share)
        except ZooError as error:
            yield {widgets.card: message_card("error", "That did not work", str(error))}

    def reexpressed(self, graded: Grade | None, prevalence: str | float | None, shown: str) -> Updates:
        """The grade on the card at another prevalence, from its log-odds; what stands below it stays.

        graded: as calibrated. shown: the card as it is, which may be of something else by now.
        """
        card, _, below = shown.partition(END)
        if graded is None or GRADED not in card or not is_usable(prevalence):
            return {self.widgets.card: gr.skip()}
        spec = self.client.registry.model(graded.model)
        return {self.widgets.card: grade_card(at_prevalence(graded, expect_prevalence(prevalence)), spec) + below}

    def cancelled(self) -> Updates:
        """What the card says after a cancel."""
        self.client.wait_until_idle()
        return {self.widgets.card: message_card("cancelled", "Cancelled", "Nothing is being computed any more.")}

    def _answered(self, session: Session, model_id: str, prevalence: float | None) -> Iterator[Updates]:
        """The grade and its heat map, or why there is none, and the study in either case."""
        try:
            grade = yield from self._follow("grade", session, model_id=model_id)
            card = grade_card(at_prevalence(grade, prevalence), self.client.registry.model(model_id))
        except Refused as refusal:
            card = message_card("refused", "Not graded", str(refusal))
            yield {self.widgets.card: card}
            yield from self._shown(session, card)
        else:
            yield {self.widgets.card: card, self.widgets.graded: grade}
            yield from self._shown(session, card)
            yield from self._explained(session, model_id, card)

    def _shown(self, session: Session, card: str) -> Iterator[Updates]:
        """The study in the viewer, which waits for the copies that it shows."""
        copies = yield from self._below(card, self.client.copy(session))
        yield {self.widgets.card: card, self.widgets.viewer: viewer_value(copies)}

    def _explained(self, session: Session, model_id: str, card: str) -> Iterator[Updates]:
        """The heat map, then the curve of slices; the grade stays when there is none."""
        spec, explainer = self.client.registry.model(model_id), self.client.registry.explainer(DEFAULT_EXPLAINER)
        try:
            heat = yield from self._follow("explain", session, card, model_id=model_id, explainer_id=explainer.id)
            self.client.durations.record(spec, explainer, heat.seconds)
            yield {self.widgets.card: card, self.widgets.viewer: viewer_value(session.volumes, overlay=heat.path)}
            curves = yield from self._follow("slice_curves", session, card, model_id=model_id)
            with_curves = viewer_value(session.volumes, overlay=heat.path, curves=curves)
            yield {self.widgets.card: card, self.widgets.viewer: with_curves}
        except ZooError as error:
            yield {self.widgets.card: card + message_card("unexplained", "No heat map", str(error))}

    def _follow(self, task: str, session: Session, card: str = "", **arguments: Any) -> Generator[Updates, None, Any]:
        """Run a task on the study and show how far it is, below `card`; returns the task's result."""
        steps = self.client.follow(f"zoo.compute.tasks:{task}", folder=session.folder, **arguments)
        return (yield from self._below(card, steps))

    def _below(self, card: str, steps: Generator[str, None, Result]) -> Generator[Updates, None, Result]:
        below = map_steps(steps, lambda progress: progress_in(self.widgets.card, progress and card + progress))
        return (yield from below)
