"""`python -m training evaluate`, `ablate` and `report`: what they ask for, and what they do one after another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zoo.types.roles import HEADLINE_MODEL

from ..options import FitOptions
from .shared_options import (
    BatchSize,
    CohortPath,
    Epochs,
    Out,
    Pieces,
    Precision,
    Seed,
    Tracking,
    Work,
)

if TYPE_CHECKING:
    from ..cohorts import Cohort
    from ..evaluation.results import Results

Models = Annotated[list[str] | None, typer.Option("--model", help="Model id, repeatable; all if none.")]
Weights = Annotated[
    str | None, typer.Option(help='"embedded", a weights file, or a folder of them: they grade, nothing is trained.')
]
Folds = Annotated[int, typer.Option(help="Of the cross-validation.", min=2)]
Repeats = Annotated[int, typer.Option(help="Of the cross-validation, each with other folds.", min=1)]
DRY_CASES, DRY_FOLDS, DRY_SHIFTED = 24, 2, 4


def evaluate(
    cohort: CohortPath,
    out: Out,
    model: Models = None,
    weights: Weights = None,
    folds: Folds = 5,
    repeats: Repeats = 1,
    leave_hospitals_out: Annotated[bool, typer.Option(help="Hold out one hospital after another, too.")] = False,
    folds_of: Annotated[Path | None, typer.Option(help="Results file whose patients keep their folds.")] = None,
    epochs: Epochs = 12,
    batch_size: BatchSize = 4,
    accumulate: Pieces = 1,
    precision: Precision = "auto",
    seed: Seed = 0,
    work: Work = Path("runs"),
    tracking: Tracking = True,
) -> None:
    """Cross-validate models on a cohort, or let trained ones grade it; repeated, it goes on where it was stopped."""
    from zoo.registry import load_registry

    from ..evaluation.cross_validate import Protocol, cross_validate, known_folds
    from ..evaluation.experiments import baselines, zoo_arm
    from ..evaluation.given_weights import grade_cohort, models_from
    from ..evaluation.results import load_results

    studies = load(cohort)
    if weights:
        models = models_from(weights, model or ())
        publish(grade_cohort(models, studies, work, headline_of([one.spec.id for one in models]), seed=seed), out)
        return
    zoo = load_registry()
    arms = [zoo_arm(zoo, name) for name in model] if model else list(baselines(zoo, full=False))
    known = known_folds(load_results(folds_of)) if folds_of else None
    protocol = Protocol(folds, repeats, leave_hospitals_out, seed, known)
    options = FitOptions(epochs, batch_size=batch_size, accumulate=accumulate, precision=precision, seed=seed)
    headline = headline_of([arm.name for arm in arms])
    publish(cross_validate(arms, studies, protocol, options, work, headline, dashboard(work, tracking)), out)


def ablate(
    experiment: Annotated[str, typer.Argument(help="baselines, ablation, order, compact, paper or shift.")],
    out: Out,
    cohort: Annotated[Path | None, typer.Option(help="As in evaluate; not needed for a dry run.")] = None,
    full: Annotated[bool, typer.Option(help="The whole grid, not one factor at a time.")] = False,
    dry_run: Annotated[bool, typer.Option(help="A small simulated cohort, 2 folds, 1 epoch: the same code.")] = False,
    model: Models = None,
    weights: Annotated[str, typer.Option(help="Of shift: as in evaluate.")] = "embedded",
    folds: Folds = 5,
    repeats: Repeats = 1,
    epochs: Epochs = 12,
    batch_size: BatchSize = 4,
    accumulate: Pieces = 1,
    precision: Precision = "auto",
    seed: Seed = 0,
    work: Work = Path("runs"),
    tracking: Tracking = True,
) -> None:
    """Run one of the protocol's experiments: which parts of the model matter, and what shifts it bears."""
    from zoo.registry import load_registry

    from ..evaluation.cross_validate import Protocol, cross_validate
    from ..evaluation.experiments import EXPERIMENTS, SHIFT, shifts
    from ..evaluation.given_weights import grade_cohort, models_from

    if experiment not in (*EXPERIMENTS, SHIFT):
        raise typer.BadParameter(f"expected one of {', '.join(EXPERIMENTS)}, {SHIFT}; found {experiment!r}.")
    if dry_run:
        cohort, folds, repeats, epochs = simulated_cohort(work / "dry-run"), DRY_FOLDS, 1, 1
    if cohort is None:
        raise typer.BadParameter("Say which cohort, or try --dry-run.", param_hint="--cohort")
    studies = load(cohort)
    if experiment == SHIFT:
        studies = replace(studies, cases=studies.cases[:DRY_SHIFTED]) if dry_run else studies
        models, changes = models_from(weights, model or [HEADLINE_MODEL]), shifts(full)
        publish(grade_cohort(models, studies, work, models[0].spec.id, changes, seed, experiment=experiment), out)
        return
    arms = list(EXPERIMENTS[experiment](load_registry(), full))
    options = FitOptions(epochs, batch_size=batch_size, accumulate=accumulate, precision=precision, seed=seed)
    protocol = Protocol(folds, repeats, seed=seed)
    folder = dashboard(work, tracking)
    publish(cross_validate(arms, studies, protocol, options, work, arms[0].name, folder, experiment=experiment), out)


def report(
    results: Annotated[Path, typer.Argument(help="Results file, as evaluate and ablate write it.")],
    out: Annotated[
        Path | None, typer.Option(help="Folder; the results file's name without .json if not given.")
    ] = None,
) -> None:
    """Draw tables and plots anew from a results file, without training or grading again."""
    from ..evaluation.results import load_results

    show(load_results(results), out or results.with_suffix(""))


def load(cohort: Path) -> Cohort:
    """Load the cohort; studies that are left out are named at once."""
    from ..cohorts import load_cohort

    found = load_cohort(cohort)
    for one in found.left_out:
        typer.secho(f"left out: {one.case}: {one.reason}", fg="yellow", err=True)
    return found


def simulated_cohort(folder: Path) -> Path:
    """Write a small simulated cohort for dry runs."""
    from ..simulation import write_cohort

    write_cohort(folder, DRY_CASES, seed=0, spacing_mm=4.0, sites=2)
    return folder


def headline_of(names: Sequence[str]) -> str:
    """The model that was named in advance, where it takes part."""
    return HEADLINE_MODEL if HEADLINE_MODEL in names else names[0]


def dashboard(work: Path, tracking: bool) -> Path | None:
    return work / "trackio" if tracking else None


def publish(results: Results, out: Path) -> None:
    """Keep the results, then show what they say."""
    from ..evaluation.results import save_results

    save_results(out, results)
    show(results, out.with_suffix(""))


def show(results: Results, folder: Path) -> None:
    from ..report.write import write_report

    table, *others = write_report(results, folder)
    typer.echo(table.read_text(encoding="utf-8"))
    typer.echo(f"{folder}: {', '.join(path.name for path in (table, *others))}")
