"""The handler that writes a report of what was computed for the visitor's study."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import gradio as gr

from zoo.errors import ZooError
from zoo.page.compute_client import ComputeClient, map_steps
from zoo.page.sessions import Session
from zoo.render.cards import message_card

NOTHING_YET = "Grade a study first: the report tells what was computed for it."


class Reporting:
    def __init__(self, client: ComputeClient) -> None:
        self.client = client

    def report(self, session: Session | None) -> Iterator[tuple[Any, Any]]:
        """Yields (status, files): a page that prints well, and JSON."""
        if session is None:
            yield message_card("question", "Nothing to report", NOTHING_YET), gr.skip()
            return
        try:
            asked = self.client.follow("zoo.compute.tasks:report", folder=session.folder, made=now())
            files = yield from map_steps(asked, lambda card: (card or gr.skip(), gr.skip()))
            yield "", gr.File([str(path) for path in files], visible=True)
        except ZooError as error:
            yield message_card("error", "No report", str(error)), gr.skip()


def now() -> str:
    """Date and time here, with the zone, ISO 8601."""
    return datetime.now().astimezone().isoformat(" ", "minutes")
