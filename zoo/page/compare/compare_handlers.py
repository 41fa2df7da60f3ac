"""The handlers of the tab that compares models on one study."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from typing import Any

import gradio as gr

from zoo.errors import ZooError
from zoo.page.compute_client import ComputeClient, map_steps
from zoo.page.sessions import Session
from zoo.page.viewer import viewer_value
from zoo.render.cards import message_card
from zoo.render.comparison import comparison_card, contributions_card
from zoo.types import DEFAULT_EXPLAINER, ModelResult

LINK = "compare"  # viewers of one link look at the same place

Shown = tuple[Any, ...]  # session, status, table, left viewer, right viewer, bars


class Comparing:
    def __init__(self, client: ComputeClient) -> None:
        self.client = client

    def compare(
        self,
        session: Session | None,
        scans: list[str] | None,
        models: Sequence[str],
        left: str,
        right: str,
        *slots: str | None,
    ) -> Iterator[Shown]:
        """Read, grade by every model, show where two of them looked, then what each modality adds to each model."""
        try:
            if not models:
                raise ZooError("Choose the models to compare.")
            reading = self.client.read(session, scans or [], slots)
            session = yield from map_steps(reading, lambda card: (None, card or gr.skip(), "", None, None, ""))
            yield session, gr.skip(), "", None, None, ""
            answers = yield from self._graded(session, models)
            yield from self._heat_maps(session, left, right)
            yield from self._contributions(session, answers)
            yield _shown(status="")
        except ZooError as error:
            yield _shown(status=message_card("error", "That did not work", str(error)))

    def heat_map(self, session: Session | None, model_id: str) -> Iterator[tuple[Any, Any]]:
        """Another model on one side; yields (status, viewer)."""
        if session is None:
            return
        try:
            value = yield from map_steps(self._viewer(session, model_id), lambda card: (card or gr.skip(), gr.skip()))
            yield "", value
        except ZooError as error:
            yield message_card("unexplained", "No heat map", str(error)), viewer_value(session.volumes, link=LINK)

    def cancelled(self) -> str:
        """The status after a cancel; what was found stays."""
        self.client.wait_until_idle()
        return message_card("cancelled", "Cancelled", "Nothing is being computed any more. What was found stays.")

    def _graded(self, session: Session, models: Sequence[str]) -> Generator[Shown, None, list[ModelResult]]:
        """One model after another; one that fails says so in its row."""
        answers: list[ModelResult] = []
        for model_id in models:
            answers.append((yield from map_steps(self._answer(session, model_id), _news)))
            yield _shown(table=comparison_card(answers))
        return answers

    def _answer(self, session: Session, model_id: str) -> Generator[str, None, ModelResult]:
        answer = ModelResult(self.client.registry.model(model_id))
        try:
            grade = yield from self.client.follow("zoo.compute.tasks:grade", folder=session.folder, model_id=model_id)
            parameters = yield from self.client.follow("zoo.compute.tasks:parameters", model_id=model_id)
            return replace(answer, grade=grade, parameters=parameters)
        except ZooError as error:
            return replace(answer, problem=str(error))

    def _heat_maps(self, session: Session, left: str, right: str) -> Iterator[Shown]:
        for side, model_id in (("left", left), ("right", right)):
            try:
                value = yield from map_steps(self._viewer(session, model_id), _news)
                yield _shown(**{side: value})
            except ZooError:  # the model's row tells why, or its row of modalities
                yield _shown(**{side: viewer_value(session.volumes, link=LINK)})

    def _viewer(self, session: Session, model_id: str) -> Generator[str, None, Any]:
        asked: dict[str, Any] = {"folder": session.folder, "model_id": model_id, "explainer_id": DEFAULT_EXPLAINER}
        heat = yield from self.client.follow("zoo.compute.tasks:explain", **asked)
        return viewer_value(session.volumes, overlay=heat.path, link=LINK)

    def _contributions(self, session: Session, answers: Sequence[ModelResult]) -> Iterator[Shown]:
        done: list[ModelResult] = []
        for answer in answers:
            if answer.grade:
                done.append((yield from map_steps(self._explained(session, answer), _news)))
                yield _shown(bars=contributions_card(done))

    def _explained(self, session: Session, answer: ModelResult) -> Generator[str, None, ModelResult]:
        asked: dict[str, Any] = {"folder": session.folder, "model_id": answer.spec.id}
        try:
            found = yield from self.client.follow("zoo.compute.tasks:contributions", **asked)
            return replace(answer, contributions=found)
        except ZooError as error:
            return replace(answer, unexplained=str(error))


def _news(card: str) -> Shown:
    return _shown(status=card or gr.skip())


def _shown(**changed: Any) -> Shown:
    """The session stays; what isn't named too."""
    return gr.skip(), *(changed.get(name, gr.skip()) for name in ("status", "table", "left", "right", "bars"))
