"""`glioma-zoo new-plugin`: a package to begin with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zoo.checkout import ZOO
from zoo.template import Kind, write_plugin


def new_plugin(
    name: Annotated[str, typer.Argument(help="Lower-case letters, digits and hyphens, like my-grader.")],
    kind: Annotated[
        Kind, typer.Option(help="What it offers: a network that grades, or a way to explain grades.")
    ] = "model",
    out: Annotated[Path, typer.Option(help="Folder that gets the plugin's folder.")] = Path(),
) -> None:
    """Write a plugin to begin with: a network or an explainer, its test, and what to do next."""
    folder = write_plugin(name, out, kind)
    typer.echo(f"{folder}: install it with `python -m pip install -e {folder}`, then `{ZOO} check {name}`.")
