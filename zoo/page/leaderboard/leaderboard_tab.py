"""The tab's widgets: the embedded leaderboard, made into HTML once, or a visitor's own results in its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from zoo.assets.leaderboard import LEADERBOARD, read_leaderboard
from zoo.assets.standings import Standings
from zoo.errors import ZooError
from zoo.page.leaderboard.leaderboard_plots import MOST_HIGHLIGHTS, default_highlights, plots
from zoo.page.leaderboard.leaderboard_table import standings_section
from zoo.page.leaderboard.model_cards import models_section
from zoo.page.leaderboard.own_results import read_own_results
from zoo.registry import Registry
from zoo.render.cards import message_card

IDLE_SECONDS = 3600
NOTHING = Standings((), ())


def zoo_tab(registry: Registry, private: dict[str, Any], leaderboard: Path = LEADERBOARD) -> gr.HTML:
    """Called where the tab is to be; `private` are the arguments of events that no API offers.

    Returns the section of models, which changes when one is added.
    """
    embedded, missing = _embedded(leaderboard)
    own = gr.State(None, time_to_live=IDLE_SECONDS)
    message = gr.HTML(missing, elem_id="standings-message")
    with gr.Row(elem_id="standings-source"):
        small: dict[str, Any] = {"size": "sm", "scale": 0, "min_width": 240}
        upload = gr.UploadButton("Show my own results (.json)", file_types=[".json"], elem_id="own-results", **small)
        back = gr.Button("Back to the leaderboard", visible=False, elem_id="back-to-leaderboard", **small)
    table = gr.HTML(standings_section(embedded), elem_id="standings")
    chosen = gr.Dropdown(
        _choices(embedded), value=default_highlights(embedded), multiselect=True, max_choices=MOST_HIGHLIGHTS,
        label=f"Models in colour, {MOST_HIGHLIGHTS} at most", visible=bool(embedded.rows), elem_id="highlights",
    )  # fmt: skip
    curves = gr.HTML(plots(embedded, default_highlights(embedded)), elem_id="plots")
    models = gr.HTML(models_section(registry.models.values()), elem_id="models")

    outputs = [own, message, table, chosen, curves, back]
    upload.upload(_load, upload, outputs, **private)
    back.click(lambda: _show(embedded, None, missing), None, outputs, **private)
    # not `input`, which in gradio 6.31 clearing all is not, and which drops a choice made while the last is drawn
    chosen.change(lambda own, chosen: plots(own or embedded, chosen), [own, chosen], curves, **private)
    return models


def _embedded(leaderboard: Path) -> tuple[Standings, str]:
    """The leaderboard; where there is none, nothing, and a card that says why."""
    try:
        return read_leaderboard(leaderboard), ""
    except ZooError as error:
        return NOTHING, message_card("empty", "No leaderboard", str(error))


def _load(upload: str) -> list[Any]:
    """A visitor's results take the leaderboard's place; the file is deleted, and a faulty one changes nothing else."""
    path = Path(upload)
    try:
        standings = read_own_results(path)
    except ZooError as error:
        card = message_card("error", "These results can't be shown", str(error))
        return [gr.skip(), card, *[gr.skip()] * 4]
    finally:
        path.unlink(missing_ok=True)
    return _show(standings, standings)


def _show(standings: Standings, own: Standings | None, message: str = "") -> list[Any]:
    """What becomes of own, message, table, chosen, curves and back."""
    highlights = default_highlights(standings)
    return [
        own,
        message,
        standings_section(standings),
        gr.Dropdown(_choices(standings), value=highlights, visible=bool(standings.rows)),
        plots(standings, highlights),
        gr.Button(visible=own is not None),
    ]


def _choices(standings: Standings) -> list[tuple[str, str]]:
    return [(f"{row.title} ({row.id})", row.id) for row in standings.rows]
