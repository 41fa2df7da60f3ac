"""`python -m training fit`: what it asks for."""

from __future__ import annotations

import contextlib
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zoo.checkout import CHECKOUT, ZOO

from .options import CohortPath, TrainingOptions, expect_path, with_option_groups

if TYPE_CHECKING:
    from zoo.types import RegisteredModel


@with_option_groups
def fit(
    model: Annotated[str, typer.Argument(help=f"Id of a model, as in `{ZOO} models`.")],
    cohort: CohortPath,
    training: TrainingOptions,
    out: Annotated[Path | None, typer.Option(help="Weights file; where the model looks for it if not given.")] = None,
    option: Annotated[list[str] | None, typer.Option(help="NAME=VALUE, an option of the model; repeatable.")] = None,
) -> None:
    """Train a model; the same command again goes on where it was stopped. Works under `accelerate launch -m`."""
    from zoo.registry import load_registry

    spec = load_registry().model(model)
    if option:
        spec = with_options(spec, option)
    out = out or own_file(spec)

    from accelerate import PartialState

    from ..weights.fit_model import fit_model

    record = fit_model(replace(spec, weights=out), cohort, training.fit, training.run_dir, training.tracking)
    if PartialState().is_main_process:
        typer.echo(f"{out}: {record.trained_on}; held out: {(record.details or {})['held_out']}")


def own_file(spec: RegisteredModel) -> Path:
    """Where a model looks for its weights, if training may write there."""
    from zoo.registry.origin import is_built_in

    if spec.weights is None:
        raise typer.BadParameter(f"{spec.id} has no weights file for this: say where to write.", param_hint="--out")
    return expect_path(spec.weights if CHECKOUT or not is_built_in(spec) else None, "--out")


def with_options(spec: RegisteredModel, options: list[str]) -> RegisteredModel:
    """Vary a model's options, each given as NAME=VALUE; `BadParameter` for what it doesn't have."""
    if spec.vary is None:
        raise typer.BadParameter(f"{spec.id} has no options to choose from.", param_hint="--option")
    try:
        return spec.vary(**dict(read_option(text) for text in options))
    except (TypeError, ValueError) as error:
        known = ", ".join(spec.options)
        raise typer.BadParameter(f"{error} Options of {spec.id}: {known}.", param_hint="--option") from error


def read_option(text: str) -> tuple[str, Any]:
    """Read name and value of NAME=VALUE; values are JSON, or text, or names with commas."""
    name, _, value = text.partition("=")
    with contextlib.suppress(json.JSONDecodeError):
        return name, json.loads(value)
    return name, tuple(filter(None, value.split(","))) if "," in value else value
