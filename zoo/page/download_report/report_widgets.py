"""What asks for the report, and offers its files."""

from __future__ import annotations

import gradio as gr

from zoo.page.download_report.report_handlers import Reporting
from zoo.page.events import COMPUTES, PRIVATE
from zoo.page.upload.upload_widgets import StudyWidgets


def report_widgets(reporting: Reporting, session: gr.State, study: StudyWidgets) -> None:
    button = gr.Button("Report of this study", elem_id="make-report")
    status = gr.HTML(elem_id="reporting")
    files = gr.File(label="Report: a page to read and print, and JSON", visible=False, elem_id="report")
    button.click(reporting.report, session, [status, files], **PRIVATE, **COMPUTES)
    study.scans.change(lambda: ("", gr.File(None, visible=False)), None, [status, files], **PRIVATE)
