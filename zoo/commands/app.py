"""`glioma-zoo app`: the page, from any folder."""

from __future__ import annotations

from typing import Annotated

import typer


def app(
    host: Annotated[
        str | None,
        typer.Option(
            help="Address to listen on; 0.0.0.0 for other machines, too.",
            envvar="GRADIO_SERVER_NAME",
            show_default="127.0.0.1",
        ),
    ] = None,
    port: Annotated[
        int | None, typer.Option(envvar="GRADIO_SERVER_PORT", show_default="the first that is free from 7860")
    ] = None,
) -> None:
    """Serve the page until you press Ctrl-C: drop a study, choose a model, see its grade and where it found it."""
    from zoo.page.serve import serve

    serve(host, port)
