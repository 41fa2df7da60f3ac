"""The form that adds a model: a repository and a commit of the Hub, or a weights file; nothing else."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from html import escape
from typing import Any

import gradio as gr

from zoo.render.cards import message_card


@dataclass(frozen=True)
class AddingForm:
    """The form's widgets. upload: of a weights file; None on a page where strangers must not give any."""

    repository: gr.Textbox
    revision: gr.Textbox
    add: gr.Button
    upload: gr.UploadButton | None
    status: gr.HTML


def adding_form(allowed: Collection[str] | None) -> AddingForm | None:
    """Called where the form is to be. allowed: organisations of the Hub; with none of them there is no form. None:
    anybody's models, and anybody's files."""
    if allowed is not None and not allowed:
        return None
    whose = f"Models of {', '.join(sorted(allowed))} only. " if allowed else ""
    gr.HTML(
        f"""
<section class="zoo-hub" aria-labelledby="zoo-hub-title">
  <h2 id="zoo-hub-title">Add a model</h2>
  <p>{escape(whose)}Weights that somebody published for a model of this zoo are fetched from the Hugging Face Hub,
    compared with their checksums, and then offered beside the others to everybody who opens this page, until it is
    restarted.{" A weights file that you trained yourself can be added likewise." if allowed is None else ""}</p>
</section>""",
        elem_id="hub",
    )
    with gr.Row(elem_id="hub-form"):
        line: dict[str, Any] = {"max_lines": 1, "min_width": 260}
        repository = gr.Textbox(label="Repository on the Hub", placeholder="ORG/NAME", elem_id="hub-repository", **line)
        commit = "Commit, all 40 digits (on its page: Files and versions, History)"
        revision = gr.Textbox(label=commit, elem_id="hub-revision", **line)
        add = gr.Button("Add", scale=0, min_width=120, elem_id="hub-add")
    upload = _upload() if allowed is None else None
    return AddingForm(repository, revision, add, upload, gr.HTML(elem_id="hub-status"))


def on_their_way(sources: Collection[str]) -> str:
    """A card while models that the environment names are being fetched, else nothing."""
    names = f"{', '.join(sources)}. Load this page again to see what came."
    return message_card("working", "Being fetched", names) if sources else ""


def _upload() -> gr.UploadButton:
    with gr.Row():
        label, kind = "Or add my own weights (.safetensors)", [".safetensors"]
        return gr.UploadButton(label, file_types=kind, size="sm", scale=0, min_width=280, elem_id="own-weights")
