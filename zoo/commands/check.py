"""`glioma-zoo check`: which promises a model or an explainer keeps."""

from __future__ import annotations

from typing import Annotated

import typer

from zoo.commands.exit_status import BROKEN, DONE
from zoo.registry import load_registry
from zoo.types import RegisteredModel


def check(
    name: Annotated[
        str, typer.Argument(help="Id of a model or an explainer, or name of a plugin: all that it offers.")
    ],
    shape: Annotated[
        tuple[int, int, int] | None,
        typer.Option(help="Slices, rows, columns of the studies it is tried on; a model's recipe's if none.", min=1),
    ] = None,
) -> None:
    """Check what a model or an explainer promises: 0 when it keeps all of it, 1 when not, 2 when there is none such."""
    from zoo.conformance import check_explainer, check_model
    from zoo.conformance.report import heading, line, specs_named

    registry, code = load_registry(), DONE
    for spec in specs_named(registry, name):
        typer.echo(heading(spec, shape))
        if isinstance(spec, RegisteredModel):
            outcomes = check_model(spec, shape)
        else:
            outcomes = check_explainer(spec, shape, registry.models.values())
        for outcome in outcomes:
            typer.echo(line(outcome))
            code = code if outcome.kept else BROKEN
    raise typer.Exit(code)
