"""The handler that writes a report of what was computed for the visitor's study."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import gradio as gr
from gradio.blocks import Block

from zoo.errors import ZooError
from zoo.page.compute_client import ComputeClient, map_steps
from zoo.page.events import Updates, progress_in
from zoo.page.sessions import Session
from zoo.render.cards import message_card
from zoo.weights.prevalence import expect_prevalence

NOTHING_YET = "Grade a study first: the report tells what was computed for it."


@dataclass(frozen=True)
class ReportWidgets:
    """Widgets of the report. files: a page that prints well, JSON, and the regions' label map, if they were found."""

    status: gr.HTML
    files: gr.File

    @property
    def outputs(self) -> list[Block]:
        return [self.status, self.files]


class Reporting:
    def __init__(self, client: ComputeClient, widgets: ReportWidgets) -> None:
        self.client = client
        self.widgets = widgets

    def report(self, session: Session | None, prevalence: str | float | None) -> Iterator[Updates]:
        """Write the files, and offer them. prevalence: of its grades, see `expect_prevalence`."""
        status, files = self.widgets.status, self.widgets.files
        if session is None:
            yield {status: message_card("question", "Nothing to report", NOTHING_YET)}
            return
        try:
            share = expect_prevalence(prevalence)
            steps = self.client.follow("zoo.compute.tasks:report", folder=session.folder, made=now(), prevalence=share)
            paths = yield from map_steps(steps, lambda card: progress_in(status, card))
            yield {status: "", files: gr.File([str(path) for path in paths], visible=True)}
        except ZooError as error:
            yield {status: message_card("error", "No report", str(error))}

    def cleared(self) -> Updates:
        """Nothing, where the report of an earlier study was."""
        return {self.widgets.status: "", self.widgets.files: gr.File(None, visible=False)}


def now() -> str:
    """Date and time here, with the zone, ISO 8601."""
    return datetime.now().astimezone().isoformat(" ", "minutes")
