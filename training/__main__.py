"""`python -m training …`: simulate a cohort, fit a model, evaluate models, draw what was found, publish it."""

from __future__ import annotations

import contextlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from zoo.checkout import CHECKOUT, INSTALL_TRAINING, ZOO
from zoo.commands.run import BAD_INPUT, run
from zoo.types import ModelSpec

from .commands.evaluate import ablate, evaluate, report
from .commands.faithfulness import faithfulness
from .commands.publish import publish, space
from .commands.realism import realism
from .commands.shared_options import (
    BatchSize,
    CohortPath,
    Epochs,
    Pieces,
    Precision,
    Seed,
    Tracking,
    Work,
    expect_path,
    in_checkout,
)
from .commands.zoo import zoo
from .options import FitOptions

EXAMPLE_SEED, EXAMPLE_HGG, EXAMPLE_LGG = 2026, 49, 16
REFERENCE_SEED = 6
EXAMPLES, REFERENCES = in_checkout("zoo/assets/examples"), in_checkout("zoo/assets/references")

app = typer.Typer(
    help="Simulate cohorts, train the zoo's models, evaluate and publish them.",
    no_args_is_help=True,
    add_completion=False,
)


@app.command()
def simulate(
    out: Annotated[Path, typer.Option(help="Folder to fill, in BraTS layout.")],
    cases: Annotated[int, typer.Option(help="How many studies; half of each grade.", min=2)] = 100,
    seed: Annotated[int, typer.Option(help="Another seed gives other patients.")] = 0,
    spacing: Annotated[float, typer.Option(help="Voxel size in mm.", min=1, max=4)] = 2.0,
    processes: Annotated[int | None, typer.Option(help="At once; all cores when not given.")] = None,
    sites: Annotated[int, typer.Option(help="Hospitals with a scanner each; 0: every study its own scanner.")] = 0,
    tie: Annotated[float, typer.Option(help="How strongly hospitals follow grade.", min=0, max=1)] = 0.0,
    family: Annotated[str, typer.Option(help="Which simulator: template, or physics, which training never sees.")] = (
        "template"
    ),
) -> None:
    """Simulate gliomas: four modalities, tumour mask and drawn signs for each study."""
    from .simulation import write_cohort

    write_cohort(out, cases, seed, spacing, processes, sites, tie, family)


@app.command()
def example(
    out: Annotated[Path | None, typer.Option(help="Folder that gets a folder and a picture for each.")] = EXAMPLES,
    seed: Annotated[int, typer.Option(help="As in simulate.")] = EXAMPLE_SEED,
    hgg: Annotated[int, typer.Option(help="Which study of the seed is the high-grade one.")] = EXAMPLE_HGG,
    lgg: Annotated[int, typer.Option(help="Which study of the seed is the low-grade one.")] = EXAMPLE_LGG,
) -> None:
    """Write the two simulated studies that the page offers, and their pictures."""
    from .simulation.example import write_example

    folder = expect_path(out, "--out")
    for index, grade in ((hgg, "HGG"), (lgg, "LGG")):
        typer.echo(write_example(folder, seed, index, grade))


@app.command()
def references(
    out: Annotated[Path | None, typer.Option(help="Folder that gets a folder for each.")] = REFERENCES,
    seed: Annotated[int, typer.Option(help="As in simulate.")] = REFERENCE_SEED,
    count: Annotated[int, typer.Option(help="How many.", min=1)] = 4,
) -> None:
    """Write the brains without a tumour that explainers compare with."""
    from .simulation.example import write_reference

    folder = expect_path(out, "--out")
    for index in range(count):
        typer.echo(write_reference(folder, seed, index))


@app.command()
def fit(
    model: Annotated[str, typer.Argument(help=f"Id of a model, as in `{ZOO} models`.")],
    cohort: CohortPath,
    out: Annotated[Path | None, typer.Option(help="Weights file; where the model looks for it if not given.")] = None,
    epochs: Epochs = 12,
    batch_size: BatchSize = 4,
    accumulate: Pieces = 1,
    precision: Precision = "auto",
    seed: Seed = 0,
    work: Work = Path("runs"),
    tracking: Tracking = True,
    option: Annotated[list[str] | None, typer.Option(help="NAME=VALUE, an option of the model; repeatable.")] = None,
) -> None:
    """Train a model; the same command again goes on where it was stopped. Works under `accelerate launch -m`."""
    from zoo.registry import load_registry

    from .commands.fit import fit_model

    spec = load_registry().model(model)
    if option:
        spec = _varied(spec, option)
    out = out or _own_file(spec)
    options = FitOptions(epochs, batch_size=batch_size, accumulate=accumulate, precision=precision, seed=seed)
    if told := fit_model(replace(spec, weights=out), cohort, options, work, tracking):
        typer.echo(told)


for command in (evaluate, ablate, report, realism, faithfulness, zoo, publish, space):
    app.command()(command)


def _own_file(spec: ModelSpec) -> Path:
    """Where a model looks for its weights, if training may write there."""
    from zoo.registry.origin import is_built_in

    if spec.weights is None:
        raise typer.BadParameter(f"{spec.id} has no weights file for this: say where to write.", param_hint="--out")
    return expect_path(spec.weights if CHECKOUT or not is_built_in(spec) else None, "--out")


def _varied(spec: ModelSpec, options: list[str]) -> ModelSpec:
    """The same model with other options; values are JSON, or text, or names with commas."""
    if spec.vary is None:
        raise typer.BadParameter(f"{spec.id} has no options to choose from.", param_hint="--option")
    try:
        return spec.vary(**dict(_option(text) for text in options))
    except (TypeError, ValueError) as error:
        known = ", ".join(spec.options)
        raise typer.BadParameter(f"{error} Options of {spec.id}: {known}.", param_hint="--option") from error


def _option(text: str) -> tuple[str, Any]:
    name, _, value = text.partition("=")
    with contextlib.suppress(json.JSONDecodeError):
        return name, json.loads(value)
    return name, tuple(filter(None, value.split(","))) if "," in value else value


def main() -> None:
    """Run the command that was typed; a requirement of training that is missing is a sentence, too."""
    try:
        run(app)
    except ImportError as error:
        install = f" Training needs more than grading does: {INSTALL_TRAINING}" if error.name else ""
        typer.secho(f"{error}.{install}", fg="red", err=True)
        raise SystemExit(BAD_INPUT) from error


if __name__ == "__main__":
    main()
