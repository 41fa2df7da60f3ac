"""What asks for the report, and offers its files."""

from __future__ import annotations

import gradio as gr

from zoo.page.compute_client import ComputeClient
from zoo.page.download_report.report_handlers import Reporting, ReportWidgets
from zoo.page.events import COMPUTES, PRIVATE
from zoo.page.upload.upload_widgets import StudyWidgets


def report_widgets(client: ComputeClient, session: gr.State, study: StudyWidgets, prevalence: gr.Textbox) -> None:
    button = gr.Button("Report of this study", elem_id="make-report")
    status = gr.HTML(elem_id="reporting")
    files = gr.File(
        label="Report: a page to read and print, JSON, and a NIfTI map of the regions", visible=False, elem_id="report"
    )
    widgets = ReportWidgets(status, files)
    reporting = Reporting(client, widgets)
    button.click(reporting.report, [session, prevalence], widgets.outputs, **PRIVATE, **COMPUTES)
    study.scans.change(reporting.cleared, None, widgets.outputs, **PRIVATE)
