"""`python -m training ablate`: what it asks for, and what it does one after another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from zoo.types.roles import HEADLINE_MODEL

from .evaluate import load_and_tell
from .options import EngineOptions, Folds, Models, Out, Repeats, TrainingOptions, with_option_groups
from .report import save_and_show

DRY_CASES, DRY_FOLDS, DRY_SHIFTED = 16, 2, 4


@with_option_groups
def ablate(
    experiment: Annotated[str, typer.Argument(help="baselines, ablation, order, compact, paper or shift.")],
    out: Out,
    training: TrainingOptions,
    work: EngineOptions,
    cohort: Annotated[Path | None, typer.Option(help="As in evaluate; not needed for a dry run.")] = None,
    full: Annotated[bool, typer.Option(help="The whole grid, not one factor at a time.")] = False,
    dry_run: Annotated[bool, typer.Option(help="A small simulated cohort, 2 folds, 1 epoch: the same code.")] = False,
    model: Models = None,
    weights: Annotated[str, typer.Option(help="Of shift: as in evaluate.")] = "embedded",
    folds: Folds = 5,
    repeats: Repeats = 1,
) -> None:
    """Run one of the protocol's experiments: which parts of the model matter, and what shifts it bears."""
    from zoo.registry import load_registry

    from ..evaluation.cross_validate import Protocol, cross_validate
    from ..evaluation.experiments import EXPERIMENTS, SHIFT, shifts
    from ..evaluation.given_weights import grade_cohort, models_from
    from ..fit.tracking import dashboard_folder
    from ..jobs.engine import side_by_side

    if experiment not in (*EXPERIMENTS, SHIFT):
        raise typer.BadParameter(f"expected one of {', '.join(EXPERIMENTS)}, {SHIFT}; found {experiment!r}.")
    if dry_run:
        cohort, folds, repeats = simulated_cohort(training.run_dir / "dry-run"), DRY_FOLDS, 1
        training = replace(training, epochs=1)
    if cohort is None:
        raise typer.BadParameter("Say which cohort, or try --dry-run.", param_hint="--cohort")
    studies = load_and_tell(cohort)
    if experiment == SHIFT:
        studies = replace(studies, cases=studies.cases[:DRY_SHIFTED]) if dry_run else studies
        models, changes = models_from(weights, model or [HEADLINE_MODEL]), shifts(full)
        with side_by_side(work.chosen, training.run_dir) as execute:
            results = grade_cohort(
                models, studies, training.run_dir, models[0].spec.id, changes, training.seed, execute, experiment
            )
        save_and_show(results, out)
        return
    arms = list(EXPERIMENTS[experiment](load_registry(), full))
    protocol = Protocol(folds, repeats, seed=training.seed)
    dashboard = dashboard_folder(training.run_dir, training.tracking)
    headline = arms[0].name
    with side_by_side(work.chosen, training.run_dir) as execute:
        results = cross_validate(
            arms, studies, protocol, training.fit, training.run_dir, headline, dashboard, execute, experiment
        )
    save_and_show(results, out)


def simulated_cohort(folder: Path) -> Path:
    """A small one for dry runs."""
    from ..simulation import write_cohort

    write_cohort(folder, DRY_CASES, seed=0, spacing_mm=4.0, sites=2)
    return folder
