"""The GliomaZoo page: drop a study, choose a model, see its grade and where it found it. `python app.py`"""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import sys
import tempfile
import threading
from pathlib import Path

import gradio as gr

from zoo.assets.examples import EXAMPLES
from zoo.compute.worker import Worker
from zoo.page.add_model.add_form import adding_form
from zoo.page.add_model.add_handlers import Adding
from zoo.page.add_model.refresh import ZooWidgets, late_models
from zoo.page.api.api_events import endpoints
from zoo.page.api.endpoints import Api
from zoo.page.compare.compare_tab import compare_tab
from zoo.page.compute_client import ComputeClient
from zoo.page.download_report.report_widgets import report_widgets
from zoo.page.events import PRIVATE, trained_choices
from zoo.page.explain.explainer_choice import ExplainerChoice
from zoo.page.grade.grade_tab import one_model_tab
from zoo.page.leaderboard.leaderboard_tab import zoo_tab
from zoo.page.leaderboard.model_cards import faults_notice
from zoo.page.upload.upload_widgets import study_widgets
from zoo.registry import Registry, load_registry
from zoo.types import DISCLAIMER

HERE = Path(__file__).parent
STYLES = ("render/page.css", "page/leaderboard/leaderboard.css")
CSS = "".join((HERE / "zoo" / name).read_text(encoding="utf-8") for name in STYLES)
IDLE_SECONDS = 3600
FONT = ["system-ui", "sans-serif"]  # not the theme's own, which would be fetched from elsewhere
THEME = gr.themes.Default(font=FONT, font_mono=["ui-monospace", "monospace"])
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
                with gr.Column(scale=3, min_width=340):
                    with gr.Tabs():
                        with gr.Tab("One model", id="one"):
                            model = one_model_tab(client, ExplainerChoice(client), session, study, trained)
                        with gr.Tab("Compare models", id="compare"):
                            fold, compared, sides = compare_tab(client, session, study, trained)
                    report_widgets(client, session, study)
            with gr.Tab("Zoo", id="zoo"):
                models = zoo_tab(registry, PRIVATE)
                waiting = gr.HTML(elem_id="hub-waiting")
                form = adding_form(adding.allowed)
        _forget_who_leaves(blocks)
        late_models(blocks, adding, form, ZooWidgets([model, *sides], fold, compared, models, faults, waiting))
    return blocks


def _forget_who_leaves(blocks: gr.Blocks) -> None:
    """As soon as the tab is closed; Gradio itself would wait an hour."""

    def forget(request: gr.Request) -> None:
        blocks.app.state_holder.delete_state(str(request.session_hash))

    blocks.unload(forget)


def private_cache() -> Path:
    """A folder of this process alone for uploads and heat maps, gone when it ends; and no word to the outside."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    cache = Path(tempfile.mkdtemp(prefix="glioma-zoo-"))
    os.environ["GRADIO_TEMP_DIR"] = str(cache)
    atexit.register(shutil.rmtree, cache, ignore_errors=True)
    return cache


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that what is registered at exit runs
    worker = Worker()
    atexit.register(worker.close)
    threading.Thread(target=worker.result, args=("zoo.compute.tasks:warm_up",), daemon=True).start()
    registry, cache = load_registry(), private_cache()
    threading.Thread(target=Adding(ComputeClient(registry, worker, cache)).add_requested, daemon=True).start()
    blocks = build_page(registry, worker, cache)
    blocks.queue(max_size=32).launch(
        css=CSS,
        theme=THEME,
        max_file_size="200mb",
        footer_links=[],
        allowed_paths=[str(example.folder) for example in EXAMPLES],
    )


if __name__ == "__main__":
    main()
