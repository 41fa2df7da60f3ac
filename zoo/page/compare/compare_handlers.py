"""The handlers of the tab that compares models on one study."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr
from gradio.blocks import Block

from zoo.errors import ZooError
from zoo.page.compute_client import ComputeClient, map_steps
from zoo.page.events import Updates, progress_in
from zoo.page.grade.prevalence_field import is_usable
from zoo.page.segment.segment_steps import find_regions, session_in_viewer
from zoo.page.sessions import Session
from zoo.page.upload.preparation import preparation_shown
from zoo.page.viewer import StudyViewer
from zoo.render.cards import message_card
from zoo.render.comparison import comparison_card, contributions_card
from zoo.render.preparation_card import failed_card
from zoo.types import DEFAULT_EXPLAINER, ModelResult
from zoo.weights.prevalence import expect_prevalence, results_at_prevalence

LINK = "compare"  # viewers of one link look at the same place


@dataclass(frozen=True, eq=False)  # Gradio hashes what a visitor's session holds; a model's options have no hash
class Compared:
    """What several models said, as calibrated."""

    results: tuple[ModelResult, ...]


@dataclass(frozen=True)
class CompareWidgets:
    """What comparing changes. session: the visitor's study. regions: see `region_table`. left, right: where two models
    looked. bars: what each modality adds. compared: a `Compared`, what the table shows. preparation: see
    `StudyWidgets`."""

    session: gr.State
    status: gr.HTML
    table: gr.HTML
    regions: gr.HTML
    left: StudyViewer
    right: StudyViewer
    bars: gr.HTML
    compared: gr.State
    preparation: gr.HTML

    @property
    def outputs(self) -> list[Block]:
        return [self.session, *self.results, self.preparation]

    @property
    def results(self) -> list[Block]:
        return [self.status, self.table, self.regions, self.left, self.right, self.bars, self.compared]


class Comparing:
    def __init__(self, client: ComputeClient, widgets: CompareWidgets) -> None:
        self.client = client
        self.widgets = widgets

    def compare(
        self,
        session: Session | None,
        models: Sequence[str],
        left: str,
        right: str,
        prevalence: str | float | None,
        *given: Any,
    ) -> Iterator[Updates]:
        """Read, grade by every model, find regions, show where two models looked, then what each modality adds to each.

        prevalence: see `expect_prevalence`. given: as in `StudyWidgets.given`.
        """
        try:
            if not models:
                raise ZooError("Choose the models to compare.")
            share = expect_prevalence(prevalence)
            reading = self.client.read(session, *given)
            session = yield from map_steps(reading, lambda card: self._emptied(None) | self._progress(card))
            yield self._emptied(session, preparation_shown(session))
            results = yield from self._graded(session, models, share)
            regions = yield from map_steps(find_regions(self.client, session), self._progress)
            yield {self.widgets.regions: regions}
            yield from self._heat_maps(session, left, right)
            yield from self._contributions(session, results)
            yield {self.widgets.status: ""}
        except ZooError as error:
            yield {self.widgets.status: failed_card(error)}

    def reexpressed(self, compared: Compared | None, prevalence: str | float | None) -> Updates:
        """The table at another prevalence, from the log-odds of what was compared."""
        if compared is None or not is_usable(prevalence):
            return {self.widgets.table: gr.skip()}
        return {
            self.widgets.table: comparison_card(results_at_prevalence(compared.results, expect_prevalence(prevalence)))
        }

    def heat_map(self, side: StudyViewer, session: Session | None, model_id: str) -> Iterator[Updates]:
        """Another model on one side."""
        if session is None:
            return
        status = self.widgets.status
        try:
            value = yield from map_steps(self._viewer(session, model_id), self._progress)
            yield {status: "", side: value}
        except ZooError as error:
            message = message_card("unexplained", "No heat map", str(error))
            yield {status: message, side: _study_alone(session)}

    def cleared(self) -> Updates:
        """Nothing, where the results of an earlier study were."""
        return self._no_results() | {self.widgets.status: ""}

    def cancelled(self) -> Updates:
        """The status after a cancel; what was found stays."""
        self.client.wait_until_idle()
        message = "Nothing is being computed any more. What was found stays."
        return {self.widgets.status: message_card("cancelled", "Cancelled", message)}

    def _no_results(self) -> dict[Block, Any]:
        widgets = self.widgets
        viewers: dict[Block, Any] = {widgets.left: None, widgets.right: None}
        return {widgets.table: "", widgets.regions: "", widgets.bars: "", widgets.compared: None} | viewers

    def _emptied(self, session: Session | None, preparation: str = "") -> dict[Block, Any]:
        """Updates that show a study, and no results yet."""
        return self._no_results() | {self.widgets.session: session, self.widgets.preparation: preparation}

    def _progress(self, card: str) -> dict[Block, Any]:
        return progress_in(self.widgets.status, card)

    def _graded(
        self, session: Session, models: Sequence[str], prevalence: float | None
    ) -> Generator[Updates, None, list[ModelResult]]:
        """One model after another; one that fails says so in its row."""
        results: list[ModelResult] = []
        for model_id in models:
            results.append((yield from map_steps(self._result(session, model_id), self._progress)))
            table = comparison_card(results_at_prevalence(results, prevalence))
            yield {self.widgets.table: table, self.widgets.compared: Compared(tuple(results))}
        return results

    def _result(self, session: Session, model_id: str) -> Generator[str, None, ModelResult]:
        result = ModelResult(self.client.registry.model(model_id))
        try:
            grade = yield from self.client.follow("zoo.compute.tasks:grade", folder=session.folder, model_id=model_id)
            parameters = yield from self.client.follow("zoo.compute.tasks:parameters", model_id=model_id)
            return replace(result, grade=grade, parameters=parameters)
        except ZooError as error:
            return replace(result, problem=str(error))

    def _heat_maps(self, session: Session, left: str, right: str) -> Iterator[Updates]:
        for side, model_id in ((self.widgets.left, left), (self.widgets.right, right)):
            try:
                value = yield from map_steps(self._viewer(session, model_id), self._progress)
                yield {side: value}
            except ZooError:  # the model's row tells why, or its row of modalities
                yield {side: _study_alone(session)}

    def _viewer(self, session: Session, model_id: str) -> Generator[str, None, Any]:
        request: dict[str, Any] = {"folder": session.folder, "model_id": model_id, "explainer_id": DEFAULT_EXPLAINER}
        yield from self.client.copy(session)
        heat = yield from self.client.follow("zoo.compute.tasks:explain", **request)
        return session_in_viewer(session, overlay=heat.path, link=LINK)

    def _contributions(self, session: Session, results: Sequence[ModelResult]) -> Iterator[Updates]:
        explained: list[ModelResult] = []
        for result in results:
            if result.grade:
                explained.append((yield from map_steps(self._explained(session, result), self._progress)))
                yield {self.widgets.bars: contributions_card(explained)}

    def _explained(self, session: Session, result: ModelResult) -> Generator[str, None, ModelResult]:
        request: dict[str, Any] = {"folder": session.folder, "model_id": result.spec.id}
        try:
            contributions = yield from self.client.follow("zoo.compute.tasks:contributions", **request)
            return replace(result, contributions=contributions)
        except ZooError as error:
            return replace(result, unexplained=str(error))


def _study_alone(session: Session) -> Any:
    """The study without a heat map, or nothing where its copies could not be written."""
    return session_in_viewer(session, link=LINK) if session.volumes else None
