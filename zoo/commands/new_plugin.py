"""`glioma-zoo new-plugin`: a package to begin with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zoo.checkout import ZOO


def new_plugin(
    name: Annotated[str, typer.Argument(help="Lower-case letters, digits and hyphens, like my-grader.")],
    out: Annotated[Path, typer.Option(help="Folder that gets the plugin's folder.")] = Path(),
) -> None:
    """Write a plugin to begin with: a network, its test, and what to do next."""
    from zoo.template import write_plugin

    folder = write_plugin(name, out)
    typer.echo(f"{folder}: install it with `python -m pip install -e {folder}`, then `{ZOO} check {name}`.")
