"""What programs may call; nothing of it is to be seen."""

from __future__ import annotations

import gradio as gr

from zoo.page.api.endpoints import Api
from zoo.page.events import COMPUTES
from zoo.page.upload.scan_input import ScanInput
from zoo.types import MODALITIES


def endpoints(api: Api) -> None:
    # One widget a scan and text for the models: MCP clients can send no lists of files, and only what a list offers.
    scans = [ScanInput(label=name, visible=False) for name in MODALITIES]
    model, models = gr.Textbox(label="model", visible=False), gr.Textbox(label="models", visible=False)
    explainer, prevalence = gr.Textbox(label="explainer", visible=False), gr.Number(label="prevalence", visible=False)
    regions = gr.Checkbox(label="regions", visible=False)
    json, html, file = gr.JSON(visible=False), gr.Textbox(visible=False), gr.File(label="heat map", visible=False)
    labels = gr.File(label="label map", visible=False)
    button = gr.Button(visible=False)
    button.click(api.list_models, None, json, api_name="models")
    button.click(api.grade, [model, *scans, prevalence, regions], json, api_name="grade", **COMPUTES)
    button.click(api.compare, [models, *scans, prevalence], json, api_name="compare", **COMPUTES)
    button.click(api.contributions, [model, *scans], json, api_name="contributions", **COMPUTES)
    button.click(api.explain, [model, explainer, *scans], [json, file], api_name="explain", **COMPUTES)
    button.click(api.segment, [model, *scans], [json, labels], api_name="segment", **COMPUTES)
    button.click(api.report, [model, *scans, prevalence], html, api_name="report", **COMPUTES)
