"""The GliomaZoo page: drop a study, choose a model, see its grade and where it found it."""

from __future__ import annotations

from pathlib import Path

import gradio as gr

from zoo.compute.worker import Worker
from zoo.page.add_model.add_form import adding_form
from zoo.page.add_model.add_handlers import Adding
from zoo.page.add_model.refresh import ZooWidgets, refresh_models
from zoo.page.api.api_events import endpoints
from zoo.page.api.endpoints import Api
from zoo.page.compare.compare_tab import compare_tab
from zoo.page.compute_client import ComputeClient
from zoo.page.download_report.report_widgets import report_widgets
from zoo.page.events import PRIVATE, trained_choices
from zoo.page.explain.explainer_choice import ExplainerChoice
from zoo.page.grade.grade_tab import one_model_tab
from zoo.page.grade.prevalence_field import prevalence_widgets
from zoo.page.leaderboard.leaderboard_tab import zoo_tab
from zoo.page.leaderboard.model_cards import faults_notice
from zoo.page.upload.upload_widgets import study_widgets
from zoo.registry import Registry
from zoo.types import DISCLAIMER

IDLE_SECONDS = 3600
INTRODUCTION = f"""
# GliomaZoo
Is a glioma low-grade or high-grade? Drop the four MRI scans of one study and see what each grader says, and where it
looked. <strong class="zoo-badge">{DISCLAIMER}</strong>
"""


def build_page(registry: Registry, worker: Worker, cache: Path) -> gr.Blocks:
    """The page for whatever models the registry holds; `cache` is Gradio's own folder, from which it may serve."""
    client = ComputeClient(registry, worker, cache)
    trained, adding = trained_choices(registry), Adding(client)
    with gr.Blocks(title="GliomaZoo", analytics_enabled=False, delete_cache=(IDLE_SECONDS, IDLE_SECONDS)) as blocks:
        endpoints(Api(client))  # first: Gradio numbers names that are taken, those of handlers too
        session = gr.State(None, time_to_live=IDLE_SECONDS, delete_callback=client.sessions.forget)
        gr.Markdown(INTRODUCTION)
        faults = gr.HTML(faults_notice(registry.faults), visible=bool(registry.faults), elem_id="faults")
        with gr.Tabs():
            with gr.Tab("Grade", id="grade"), gr.Row():
                with gr.Column(scale=2, min_width=320):
                    study = study_widgets()
                    prevalence = prevalence_widgets()
                with gr.Column(scale=3, min_width=340):
                    study.preparation.render()
                    with gr.Tabs():
                        with gr.Tab("One model", id="one"):
                            model = one_model_tab(client, ExplainerChoice(client), session, study, prevalence, trained)
                        with gr.Tab("Compare models", id="compare"):
                            fold, compared, sides = compare_tab(client, session, study, prevalence, trained)
                    report_widgets(client, session, study, prevalence.field)
            with gr.Tab("Zoo", id="zoo"):
                models = zoo_tab(registry, PRIVATE)
                waiting = gr.HTML(elem_id="hub-waiting")
                form = adding_form(adding.allowed)
        _forget_who_leaves(blocks)
        refresh_models(blocks, adding, form, ZooWidgets([model, *sides], fold, compared, models, faults, waiting))
    return blocks


def _forget_who_leaves(blocks: gr.Blocks) -> None:
    """Forget a visitor as soon as the tab is closed; Gradio itself would wait an hour."""

    def forget(request: gr.Request) -> None:
        blocks.app.state_holder.delete_state(str(request.session_hash))

    blocks.unload(forget)
