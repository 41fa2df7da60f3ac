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
from zoo.page.segment.segment_steps import find_regions, session_in_viewer
from zoo.page.sessions import Session
from zoo.page.upload.preparation import preparation_shown
from zoo.page.viewer import StudyViewer
from zoo.render.cards import grade_card, message_card
from zoo.render.preparation_card import failed_card
from zoo.types import DEFAULT_EXPLAINER, Grade
from zoo.weights.prevalence import at_prevalence, expect_prevalence

Result = TypeVar("Result")
GRADED, END = 'data-state="graded"', "</section>"
"""What a grade's card has, and what it ends with."""


@dataclass(frozen=True)
class GradeWidgets:
    """What grading changes. session: the visitor's study. viewer: that study, with a heat map and the tumour's regions
    over it. graded: the `Grade` on the card, as calibrated. regions: see `region_table`. preparation: see
    `StudyWidgets`."""

    session: gr.State
    card: gr.HTML
    viewer: StudyViewer
    graded: gr.State
    regions: gr.HTML
    preparation: gr.HTML

    @property
    def outputs(self) -> list[Block]:
        return [self.session, self.card, self.viewer, self.graded, self.regions, self.preparation]


class Grading:
    def __init__(self, client: ComputeClient, widgets: GradeWidgets) -> None:
        self.client = client
        self.widgets = widgets

    def grade(
        self, session: Session | None, model_id: str, prevalence: str | float | None, *given: Any
    ) -> Iterator[Updates]:
        """Read, grade, show the study, explain, find regions; yields what is there as far as it has come.

        prevalence: see `expect_prevalence`. given: as in `StudyWidgets.given`.
        """
        widgets = self.widgets
        nothing_yet = {widgets.session: None, widgets.viewer: None, widgets.regions: "", widgets.preparation: ""}
        try:
            share = expect_prevalence(prevalence)
            reading = self.client.read(session, *given)
            session = yield from map_steps(reading, lambda card: nothing_yet | progress_in(widgets.card, card))
            yield {widgets.session: session, widgets.preparation: preparation_shown(session)}
            yield from self._answered(session, model_id, share)
        except ZooError as error:
            yield {widgets.card: failed_card(error)}

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
        """The grade, its heat map and the regions, or why there is none, and the study in either case."""
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
            card, over = yield from self._explained(session, model_id, card)
            yield from self._segmented(session, card, over)

    def _shown(self, session: Session, card: str) -> Iterator[Updates]:
        """The study in the viewer, which waits for the copies that it shows."""
        yield from self._below(card, self.client.copy(session))
        yield {self.widgets.card: card, self.widgets.viewer: session_in_viewer(session)}

    def _explained(
        self, session: Session, model_id: str, card: str
    ) -> Generator[Updates, None, tuple[str, dict[str, Any]]]:
        """The heat map, then the curve of slices; the grade stays when there is none. Returns the card that stays, and
        what is over the study."""
        over: dict[str, Any] = {}
        spec, explainer = self.client.registry.model(model_id), self.client.registry.explainer(DEFAULT_EXPLAINER)
        try:
            heat = yield from self._follow("explain", session, card, model_id=model_id, explainer_id=explainer.id)
            self.client.durations.record(spec, explainer, heat.seconds)
            over["overlay"] = heat.path
            yield {self.widgets.card: card, self.widgets.viewer: session_in_viewer(session, **over)}
            over["curves"] = yield from self._follow("slice_curves", session, card, model_id=model_id)
            yield {self.widgets.card: card, self.widgets.viewer: session_in_viewer(session, **over)}
        except ZooError as error:
            card += message_card("unexplained", "No heat map", str(error))
            yield {self.widgets.card: card}
        return card, over

    def _segmented(self, session: Session, card: str, over: dict[str, Any]) -> Iterator[Updates]:
        """The regions, in the table and over the study; what is there stays when there are none."""
        found = yield from self._below(card, find_regions(self.client, session))
        told: Updates = {self.widgets.card: card, self.widgets.regions: found}
        yield {**told, self.widgets.viewer: session_in_viewer(session, **over)} if session.regions else told

    def _follow(self, task: str, session: Session, card: str = "", **arguments: Any) -> Generator[Updates, None, Any]:
        """Run a task on the study and show how far it is, below `card`; returns the task's result."""
        steps = self.client.follow(f"zoo.compute.tasks:{task}", folder=session.folder, **arguments)
        return (yield from self._below(card, steps))

    def _below(self, card: str, steps: Generator[str, None, Result]) -> Generator[Updates, None, Result]:
        below = map_steps(steps, lambda progress: progress_in(self.widgets.card, progress and card + progress))
        return (yield from below)
