"""The table of a tumour's regions, each row of which leads to its place in the viewer."""

from __future__ import annotations

from pathlib import Path

import gradio as gr

JAVASCRIPT = (Path(__file__).parent / "region_table.js").read_text(encoding="utf-8")


def region_table(elem_id: str) -> gr.HTML:
    """Takes a `regions_card`."""
    return gr.HTML(elem_id=elem_id, js_on_load=JAVASCRIPT)
