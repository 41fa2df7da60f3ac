"""`glioma-zoo models`: what there is, how large, and what can grade."""

from __future__ import annotations

import json
from dataclasses import asdict

import typer

from zoo.commands.shared_options import AsJson, Models


def models(model: Models = None, as_json: AsJson = False) -> None:
    """List the models of the zoo, and the plugins that are left out."""
    from zoo.inference.loaded import requested_registry
    from zoo.listing import model_rows, print_models
    from zoo.weights.external import resolve_model

    registry = requested_registry()
    rows = model_rows(resolve_model(registry, name) for name in model or list(registry.models))
    if as_json:
        typer.echo(json.dumps({"models": rows, "faults": [asdict(fault) for fault in registry.faults]}, indent=2))
    else:
        print_models(rows, registry)
