"""The handlers that explain a grade in the way that the visitor chooses: a map in the viewer, or bars."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any

import gradio as gr

from zoo.errors import Refused, ZooError
from zoo.page.compute_client import ComputeClient, map_steps
from zoo.page.explain.explain_cards import expect_offered, explained_card, note, offered
from zoo.page.sessions import Session
from zoo.page.viewer import viewer_value
from zoo.render.cards import grade_card, message_card
from zoo.types import DEFAULT_EXPLAINER, ExplainerSpec, Grade, HeatMap, ModelResult, ModelSpec, RegisteredModel

MOST_SECONDS = 900
Shown = tuple[Any, ...]  # session, card, viewer, what is said of explaining, the button that stops it


class Explaining:
    def __init__(self, client: ComputeClient) -> None:
        self.client = client

    def choices(self, model_id: str | None, explainer_id: str) -> tuple[list[tuple[str, str]], str | None, str]:
        """Explainers that suit this model, each with what it costs; the chosen one, if it does; and a note on it."""
        if not model_id:
            return [], None, ""
        spec, pace = self.client.registry.model(model_id), self.client.durations
        known = offered(self.client.registry.explainers.values(), spec)
        chosen = next((each for each in known if each.id == explainer_id), known[0])
        return (
            [(f"{each.title} · {pace.in_words(spec, each)}", each.id) for each in known],
            chosen.id,
            note(spec, chosen, pace),
        )

    def offer(self, model_id: str | None, explainer_id: str) -> tuple[Any, str]:
        """The list to choose from, and the note. A choice that suits isn't touched: a later one may be on its way."""
        choices, chosen, noted = self.choices(model_id, explainer_id)
        stays = chosen == explainer_id
        return gr.Dropdown(choices) if stays else gr.Dropdown(choices, value=chosen), noted

    def note(self, model_id: str | None, explainer_id: str) -> str:
        return self.choices(model_id, explainer_id)[2]

    def explain(
        self, session: Session | None, scans: list[str] | None, model_id: str, explainer_id: str, *slots: str | None
    ) -> Iterator[Shown]:
        """Read and grade as far as that is not done; then the map, or the default's map and what each modality adds."""
        try:
            spec, explainer = self._chosen(model_id, explainer_id)
            yield _shown(stop=gr.Button(visible=True))
            session = yield from self._read(session, scans or [], slots)
            grade = yield from self._graded(session, spec)
            yield from self._explained(session, ModelResult(spec, grade), explainer)
        except Refused as refusal:
            yield _shown(card=message_card("refused", "Not graded", str(refusal)), told="")
        except ZooError as error:
            yield _shown(told=message_card("error", "That did not work", str(error)))
        yield _shown(stop=gr.Button(visible=False))

    def cancelled(self) -> tuple[str, Any]:
        """What is said after a cancel, and the button that stopped it; grade and map stay."""
        self.client.wait_until_idle()
        told = message_card("cancelled", "Cancelled", "Nothing is being computed any more. What was found stays.")
        return told, gr.Button(visible=False)

    def _chosen(self, model_id: str, explainer_id: str) -> tuple[RegisteredModel, ExplainerSpec]:
        registry = self.client.registry
        spec, explainer = registry.model(model_id), registry.explainer(explainer_id)
        expect_offered(registry.explainers.values(), spec, explainer)
        return spec, explainer

    def _read(
        self, session: Session | None, scans: list[str], slots: tuple[str | None, ...]
    ) -> Generator[Shown, None, Session]:
        reading = self.client.read(session, scans, slots)
        found = yield from map_steps(reading, lambda news: (None, "", None, news or gr.skip(), gr.skip()))
        if found is not session:
            yield _shown(session=found, viewer=viewer_value(found.volumes))
        return found

    def _graded(self, session: Session, spec: ModelSpec) -> Generator[Shown, None, Grade]:
        """Again, which takes no time for what is remembered: the card may be another model's."""
        grade = yield from self._follow("grade", session, spec)
        yield _shown(card=grade_card(grade, spec))
        return grade

    def _explained(self, session: Session, answer: ModelResult, explainer: ExplainerSpec) -> Iterator[Shown]:
        default = self.client.registry.explainer(DEFAULT_EXPLAINER)
        if explainer.output == "voxels":
            heat = yield from self._heat_map(session, answer.spec, explainer)
            yield _shown(told=explained_card(answer, explainer, heat.facts, heat.seconds))
            return
        if default.suits(answer.spec):
            yield from self._heat_map(session, answer.spec, default)
        found = yield from self._follow("contributions", session, answer.spec)
        self.client.durations.record(answer.spec, explainer, found.seconds)
        answer = ModelResult(answer.spec, answer.grade, contributions=found)
        yield _shown(told=explained_card(answer, explainer, found.facts, found.seconds))

    def _heat_map(self, session: Session, spec: ModelSpec, explainer: ExplainerSpec) -> Generator[Shown, None, HeatMap]:
        heat = yield from self._follow("explain", session, spec, explainer_id=explainer.id)
        self.client.durations.record(spec, explainer, heat.seconds)
        yield _shown(viewer=viewer_value(session.volumes, overlay=heat.path))
        if spec.attention:
            curves = yield from self._follow("slice_curves", session, spec)
            yield _shown(viewer=viewer_value(session.volumes, overlay=heat.path, curves=curves))
        return heat

    def _follow(self, task: str, session: Session, spec: ModelSpec, **arguments: Any) -> Generator[Shown, None, Any]:
        asked: dict[str, Any] = {"folder": session.folder, "model_id": spec.id, **arguments}
        steps = self.client.follow(f"zoo.compute.tasks:{task}", MOST_SECONDS, **asked)
        return (yield from map_steps(steps, lambda news: _shown(told=news or gr.skip())))


def _shown(**changed: Any) -> Shown:
    """What isn't named stays as it is."""
    return tuple(changed.get(name, gr.skip()) for name in ("session", "card", "viewer", "told", "stop"))
