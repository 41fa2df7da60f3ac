"""The handlers that explain a grade in the way that the visitor chooses: a map in the viewer, or bars."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.blocks import Block

from zoo.errors import Refused, ZooError
from zoo.page.compute_client import ComputeClient, map_steps
from zoo.page.events import Updates, progress_in
from zoo.page.explain.explain_cards import expect_offered, explained_card
from zoo.page.segment.segment_steps import session_in_viewer
from zoo.page.sessions import Session
from zoo.page.upload.preparation import preparation_shown
from zoo.page.viewer import StudyViewer
from zoo.render.cards import grade_card, message_card
from zoo.render.preparation_card import failed_card
from zoo.types import (
    DEFAULT_EXPLAINER,
    ExplainerSpec,
    Explanation,
    Grade,
    HeatMap,
    ModelSpec,
    RegisteredModel,
)
from zoo.weights.prevalence import at_prevalence, expect_prevalence

MOST_SECONDS = 900


@dataclass(frozen=True)
class ExplainOutputs:
    """What changes while a grade is explained. graded, regions, preparation: as in `GradeWidgets`. explanation: what
    the explainer told. stop: the button that stops it."""

    session: gr.State
    card: gr.HTML
    viewer: StudyViewer
    graded: gr.State
    regions: gr.HTML
    preparation: gr.HTML
    explanation: gr.HTML
    stop: gr.Button


class Explaining:
    """Explains one model's grade of the visitor's study, and shows how far it has come."""

    def __init__(self, client: ComputeClient, outputs: ExplainOutputs) -> None:
        self.client = client
        self.outputs = outputs

    def explain(
        self, session: Session | None, model_id: str, explainer_id: str, prevalence: str | float | None, *given: Any
    ) -> Iterator[Updates]:
        """Read and grade as far as that is not done; then the map, or the default's map and a value a modality.

        prevalence: see `expect_prevalence`. given: as in `StudyWidgets.given`.
        """
        outputs = self.outputs
        try:
            share = expect_prevalence(prevalence)
            spec, explainer = self._chosen(model_id, explainer_id)
            yield {outputs.stop: gr.Button(visible=True)}
            session = yield from self._read(session, *given)
            yield from self._graded(session, spec, share)
            explanation = yield from self._explained(session, spec, explainer)
            yield {outputs.explanation: explained_card(spec, explainer, explanation)}
        except Refused as refusal:
            yield {outputs.card: message_card("refused", "Not graded", str(refusal)), outputs.explanation: ""}
        except ZooError as error:
            yield {outputs.explanation: failed_card(error)}
        yield {outputs.stop: gr.Button(visible=False)}

    def cancelled(self) -> Updates:
        """What is said after a cancel, and the button that stopped it; grade and map stay."""
        self.client.wait_until_idle()
        message = message_card("cancelled", "Cancelled", "Nothing is being computed any more. What was found stays.")
        return {self.outputs.explanation: message, self.outputs.stop: gr.Button(visible=False)}

    def _chosen(self, model_id: str, explainer_id: str) -> tuple[RegisteredModel, ExplainerSpec]:
        registry = self.client.registry
        spec, explainer = registry.model(model_id), registry.explainer(explainer_id)
        expect_offered(registry.explainers.values(), spec, explainer)
        return spec, explainer

    def _read(self, session: Session | None, *given: Any) -> Generator[Updates, None, Session]:
        outputs = self.outputs
        nothing: dict[Block, Any] = dict.fromkeys((outputs.card, outputs.regions, outputs.preparation), "")
        empty = {outputs.session: None, outputs.viewer: None, **nothing}
        reading = self.client.read(session, *given)
        current = yield from map_steps(reading, lambda card: empty | self._progress(card))
        if current is not session:
            yield {outputs.preparation: preparation_shown(current)}
            yield from map_steps(self.client.copy(current), self._progress)
            yield {outputs.session: current, outputs.viewer: session_in_viewer(current)}
        return current

    def _graded(self, session: Session, spec: ModelSpec, prevalence: float | None) -> Generator[Updates, None, Grade]:
        """Grade again, which takes no time for what is cached: the card may be another model's."""
        grade = yield from self._follow("grade", session, spec)
        yield {self.outputs.card: grade_card(at_prevalence(grade, prevalence), spec), self.outputs.graded: grade}
        return grade

    def _explained(
        self, session: Session, spec: ModelSpec, explainer: ExplainerSpec
    ) -> Generator[Updates, None, Explanation | HeatMap]:
        """The map in the viewer; or a value a modality, after the default's map where there is one."""
        if explainer.output == "voxels":
            return (yield from self._heat_map(session, spec, explainer))
        default = self.client.registry.explainer(DEFAULT_EXPLAINER)
        if default.suits(spec):
            yield from self._heat_map(session, spec, default)
        explanation = yield from self._follow("contributions", session, spec, explainer_id=explainer.id)
        self.client.durations.record(spec, explainer, explanation.seconds)
        return explanation

    def _heat_map(
        self, session: Session, spec: ModelSpec, explainer: ExplainerSpec
    ) -> Generator[Updates, None, HeatMap]:
        heat = yield from self._follow("explain", session, spec, explainer_id=explainer.id)
        self.client.durations.record(spec, explainer, heat.seconds)
        yield {self.outputs.viewer: session_in_viewer(session, overlay=heat.path)}
        if spec.attention:
            curves = yield from self._follow("slice_curves", session, spec)
            yield {self.outputs.viewer: session_in_viewer(session, overlay=heat.path, curves=curves)}
        return heat

    def _follow(self, task: str, session: Session, spec: ModelSpec, **arguments: Any) -> Generator[Updates, None, Any]:
        steps = self.client.follow(
            f"zoo.compute.tasks:{task}", MOST_SECONDS, folder=session.folder, model_id=spec.id, **arguments
        )
        return (yield from map_steps(steps, self._progress))

    def _progress(self, card: str) -> dict[Block, Any]:
        """Update the message with how far the work is; empty updates count too, since only a waiting generator can be
        closed."""
        return progress_in(self.outputs.explanation, card)
