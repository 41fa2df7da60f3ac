"""`python -m training fit`: what it asks for."""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Sequence
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
    start_from: Annotated[
        str | None, typer.Option(help="Weights to start from: a model's id, file:PATH, or hub:ORG/NAME@SHA.")
    ] = None,
    start_part: Annotated[
        list[str] | None, typer.Option(help="Of these, the parameters that begin so; repeatable, all if none.")
    ] = None,
    new_head: Annotated[bool, typer.Option(help="Draw the classifier's head anew.")] = False,
    rate: Annotated[
        list[str] | None,
        typer.Option(help="PREFIX=FACTOR on the learning rate of parameters that begin so; 0: as they are."),
    ] = None,
) -> None:
    """Train a model; the same command again goes on where it was stopped. Works under `accelerate launch -m`."""
    from zoo.registry import load_registry
    from zoo.weights.external import resolve_model
    from zoo.weights.load import load_weights

    registry = load_registry()
    spec = registry.model(model)
    if option:
        spec = with_options(spec, option)
    out = out or own_file(spec)

    from accelerate import PartialState

    from ..weights.fit_model import fit_model
    from ..weights.start import Start, at_rates

    if (start_part or new_head) and not start_from:
        raise typer.BadParameter("expected --start-from too.", param_hint="--start-part, --new-head")
    start = None
    if start_from:
        if not spec.phases:
            raise typer.BadParameter(f"{spec.id} has no training by gradient to start.", param_hint="--start-from")
        start = Start(load_weights(resolve_model(registry, start_from)), tuple(start_part or ()), new_head)
    spec = replace(at_rates(spec, read_rates(rate or ())), weights=out)
    record = fit_model(spec, cohort, training.fit, training.run_dir, training.tracking, start)
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


def read_rates(texts: Sequence[str]) -> dict[str, float]:
    """Read PREFIX=FACTOR; `BadParameter` for what is no factor from 0 on."""
    rates = {}
    for text in texts:
        prefix, _, factor = text.partition("=")
        try:
            rates[prefix] = float(factor)
        except ValueError:
            rates[prefix] = -1.0
        if not 0 <= rates[prefix] < math.inf:
            raise typer.BadParameter(f"expected PREFIX=FACTOR, as encoders=0.1; found {text!r}.", param_hint="--rate")
    return rates


def read_option(text: str) -> tuple[str, Any]:
    """Read name and value of NAME=VALUE; values are JSON, or text, or names with commas."""
    name, _, value = text.partition("=")
    with contextlib.suppress(json.JSONDecodeError):
        return name, json.loads(value)
    return name, tuple(filter(None, value.split(","))) if "," in value else value
