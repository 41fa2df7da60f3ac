"""The files that programs hand over, also by the address at which this very page serves an upload."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

import gradio as gr

SERVED = "/gradio_api/file="


class ScanInput(gr.File):
    """MCP clients upload a file and then give its URL; Gradio would fetch that from itself, and refuses on loopback."""

    is_template = True  # a file to Gradio's page, under no name of its own

    async def async_move_resource_to_block_cache(self, source: str | Path | None) -> str | None:
        return await super().async_move_resource_to_block_cache(uploaded_here(source, self.GRADIO_CACHE) or source)


def uploaded_here(source: str | Path | None, cache: str) -> Path | None:
    """The file in `cache` that a URL of a page's upload stands for; None of anything else."""
    _, served, path = urlsplit(str(source)).path.partition(SERVED)
    file = Path(unquote(path)).resolve()
    return file if served and file.is_relative_to(Path(cache).resolve()) and file.is_file() else None
