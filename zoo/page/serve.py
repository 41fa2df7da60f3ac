"""Serving the page: a compute process, a private folder, styles; gone without a trace when it ends."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path

import gradio as gr

from zoo.assets.examples import EXAMPLES
from zoo.compute.worker import Worker
from zoo.errors import ZooError
from zoo.page.add_model.add_handlers import Adding
from zoo.page.app import build_page
from zoo.page.compute_client import ComputeClient
from zoo.registry import load_registry

ZOO = Path(__file__).parents[1]
STYLES = ("render/page.css", "page/leaderboard/leaderboard.css")
CSS = "".join((ZOO / name).read_text(encoding="utf-8") for name in STYLES)
FONT = ["system-ui", "sans-serif"]  # not the theme's own, which would be fetched from elsewhere
THEME = gr.themes.Default(font=FONT, font_mono=["ui-monospace", "monospace"])

IDLE_SECONDS = 0.02
"""Time between two looks for a wish; Gradio itself takes a millisecond, and 7 % of a core where nobody is there."""


def serve(host: str | None = None, port: int | None = None) -> None:
    """Serve the page until the process is ended.

    host, port: where not given, what GRADIO_SERVER_NAME and GRADIO_SERVER_PORT say; else 127.0.0.1 and the first free
    port from 7860.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that what is registered at exit runs
    worker = Worker()
    atexit.register(worker.close)
    threading.Thread(target=_warm_up, args=(worker,), daemon=True).start()
    registry, cache = load_registry(), private_cache()
    threading.Thread(target=Adding(ComputeClient(registry, worker, cache)).add_requested, daemon=True).start()
    blocks = build_page(registry, worker, cache)
    try:
        queued(blocks).launch(
            server_name=host,
            server_port=port,
            css=CSS,
            theme=THEME,
            max_file_size="200mb",
            footer_links=[],
            allowed_paths=[str(example.folder) for example in EXAMPLES],
        )
    except OSError as error:
        raise ZooError(f"The page can't be served: {error}") from error


def queued(blocks: gr.Blocks) -> gr.Blocks:
    """Let a page's visitors wait in a queue that takes no processor while it is empty."""
    waiting = blocks.queue(max_size=32)
    waiting._queue.sleep_when_free = IDLE_SECONDS
    return waiting


def _warm_up(worker: Worker) -> None:
    with suppress(ZooError):  # who ends the page at once ends this, too; whatever else is wrong is told when one grades
        worker.result("zoo.compute.tasks:warm_up")


def private_cache() -> Path:
    """A folder of this process alone for uploads and heat maps, gone when it ends; and no word to the outside."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    cache = Path(tempfile.mkdtemp(prefix="glioma-zoo-"))
    os.environ["GRADIO_TEMP_DIR"] = str(cache)
    atexit.register(shutil.rmtree, cache, ignore_errors=True)
    return cache
