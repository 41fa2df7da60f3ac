"""`glioma-zoo check`: which promises a model keeps."""

from __future__ import annotations

from typing import Annotated

import typer

from zoo.commands.run import BROKEN, DONE
from zoo.registry import load_registry


def check(
    name: Annotated[str, typer.Argument(help="Id of a model, or name of a plugin: all its models.")],
    shape: Annotated[
        tuple[int, int, int] | None,
        typer.Option(help="Slices, rows, columns of the studies it is tried on; its recipe's if not given.", min=1),
    ] = None,
) -> None:
    """Check what a model promises: 0 when it keeps all of it, 1 when not, 2 when there is no such model."""
    from zoo.conformance import check_model
    from zoo.conformance.report import heading, line, models_named

    code = DONE
    for spec in models_named(load_registry(), name):
        typer.echo(heading(spec, shape))
        for outcome in check_model(spec, shape):
            typer.echo(line(outcome))
            code = code if outcome.kept else BROKEN
    raise typer.Exit(code)
