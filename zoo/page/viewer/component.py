"""The viewer as a Gradio component."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from zoo.page.viewer.value import STATIC, ViewerValue

HERE = Path(__file__).parent


class StudyViewer(gr.HTML):
    """Slices of a study with a heat map over them; takes a `viewer_value` or None, and gives nothing back to Python.

    In the page, `data-state` on `.study-viewer` is empty, loading, ready or error.
    """

    data_model = ViewerValue

    def __init__(self, value: ViewerValue | None = None, **kwargs: Any) -> None:
        gr.set_static_paths(STATIC)
        super().__init__(
            value,
            html_template=(HERE / "viewer.html").read_text(encoding="utf-8"),
            css_template=(HERE / "viewer.css").read_text(encoding="utf-8"),
            js_on_load=(HERE / "viewer.js").read_text(encoding="utf-8"),
            apply_default_css=False,
            **kwargs,
        )

    def api_info(self) -> dict[str, Any]:
        return ViewerValue.model_json_schema()

    def example_payload(self) -> None:
        return None

    def example_value(self) -> None:
        return None
