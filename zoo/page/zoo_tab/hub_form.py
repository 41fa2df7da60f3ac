"""The form that adds a model from the Hub: a repository and a commit, nothing else."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from html import escape
from typing import Any

import gradio as gr

from zoo.page.cards import message_card


@dataclass(frozen=True)
class HubForm:
    repository: gr.Textbox
    revision: gr.Textbox
    add: gr.Button
    status: gr.HTML


def hub_form(allowed: Collection[str] | None) -> HubForm | None:
    """Called where the form is to be; none where nobody's models are allowed, None means anybody's."""
    if allowed is not None and not allowed:
        return None
    whose = f"Models of {', '.join(sorted(allowed))} only. " if allowed else ""
    gr.HTML(
        f"""
<section class="zoo-hub" aria-labelledby="zoo-hub-title">
  <h2 id="zoo-hub-title">Add a model from the Hub</h2>
  <p>{escape(whose)}Weights that somebody published for a model of this zoo are fetched from the Hugging Face Hub,
    compared with their checksums, and then offered beside the others to everybody who opens this page, until it is
    restarted.</p>
</section>""",
        elem_id="hub",
    )
    with gr.Row(elem_id="hub-form"):
        line: dict[str, Any] = {"max_lines": 1, "min_width": 260}
        repository = gr.Textbox(label="Repository", placeholder="ORG/NAME", elem_id="hub-repository", **line)
        commit = "Commit, all 40 digits (on its page: Files and versions, History)"
        revision = gr.Textbox(label=commit, elem_id="hub-revision", **line)
        add = gr.Button("Add", scale=0, min_width=120, elem_id="hub-add")
    return HubForm(repository, revision, add, gr.HTML(elem_id="hub-status"))


def on_their_way(sources: Collection[str]) -> str:
    """A card while models that the environment names are being fetched, else nothing."""
    told = f"{', '.join(sources)}. Load this page again to see what came."
    return message_card("working", "Being fetched from the Hub", told) if sources else ""
