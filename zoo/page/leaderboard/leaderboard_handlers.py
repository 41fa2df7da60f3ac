"""The handlers of the Zoo tab: a visitor's own results in the leaderboard's place, and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.blocks import Block

from zoo.assets.standings import Standings
from zoo.errors import ZooError
from zoo.page.events import Updates
from zoo.page.leaderboard.leaderboard_plots import default_highlights, plots
from zoo.page.leaderboard.leaderboard_table import standings_section
from zoo.page.leaderboard.own_results import read_own_results
from zoo.render.cards import message_card


@dataclass(frozen=True)
class LeaderboardWidgets:
    """What shows standings. own: a visitor's, None while the leaderboard is shown. chosen: the models in colour.
    back: the button that brings the leaderboard back."""

    own: gr.State
    message: gr.HTML
    table: gr.HTML
    chosen: gr.Dropdown
    curves: gr.HTML
    back: gr.Button

    @property
    def outputs(self) -> list[Block]:
        return [self.own, self.message, self.table, self.chosen, self.curves, self.back]


class Leaderboard:
    """The tab's handlers.

    embedded: the standings shown at first. missing: a card that says why there are none, else "".
    """

    def __init__(self, embedded: Standings, missing: str, widgets: LeaderboardWidgets) -> None:
        self.embedded = embedded
        self.missing = missing
        self.widgets = widgets

    def load(self, upload: str) -> Updates:
        """Show a visitor's results in the leaderboard's place; their file is deleted, and a faulty one shows why."""
        path = Path(upload)
        try:
            standings = read_own_results(path)
        except ZooError as error:
            return {self.widgets.message: message_card("error", "These results can't be shown", str(error))}
        finally:
            path.unlink(missing_ok=True)
        return self._shown(standings) | {self.widgets.own: standings}

    def back(self) -> Updates:
        """The leaderboard again."""
        return self._shown(self.embedded) | {self.widgets.own: None, self.widgets.message: self.missing}

    def draw(self, own: Standings | None, chosen: Sequence[str]) -> Updates:
        """The curves, with the chosen models in colour."""
        return {self.widgets.curves: plots(own or self.embedded, chosen)}

    def _shown(self, standings: Standings) -> dict[Block, Any]:
        widgets, highlights = self.widgets, default_highlights(standings)
        return {
            widgets.message: "",
            widgets.table: standings_section(standings),
            widgets.chosen: gr.Dropdown(choices(standings), value=highlights, visible=bool(standings.rows)),
            widgets.curves: plots(standings, highlights),
            widgets.back: gr.Button(visible=standings is not self.embedded),
        }


def choices(standings: Standings) -> list[tuple[str, str]]:
    """What the dropdown of models in colour offers."""
    return [(f"{row.title} ({row.id})", row.id) for row in standings.rows]
