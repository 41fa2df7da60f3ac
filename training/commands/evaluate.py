"""`python -m training evaluate`: what it asks for, and what it does one after another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zoo.assets.leaderboard import RegionCohort, read_leaderboard

from .options import (
    CohortPath,
    EngineOptions,
    Folds,
    Models,
    Out,
    Repeats,
    TrainingOptions,
    expect_path,
    with_option_groups,
)
from .report import save_and_show, save_and_show_regions
from .zoo import LEADERBOARD

if TYPE_CHECKING:
    from ..cohorts import Cohort


@with_option_groups
def evaluate(
    cohort: CohortPath,
    out: Out,
    training: TrainingOptions,
    work: EngineOptions,
    model: Models = None,
    weights: Annotated[
        str | None,
        typer.Option(help='"embedded", a weights file, or a folder of them: they grade, nothing is trained.'),
    ] = None,
    folds: Folds = 5,
    repeats: Repeats = 1,
    leave_hospitals_out: Annotated[bool, typer.Option(help="Hold out one hospital after another, too.")] = False,
    reuse_folds: Annotated[Path | None, typer.Option(help="Results file whose patients keep their folds.")] = None,
    segment: Annotated[
        bool, typer.Option(help="Measure the regions that weights find against masks, instead of grades.")
    ] = False,
    note_as: Annotated[
        RegionCohort | None,
        typer.Option(help="With --segment: note the figures in the zoo's leaderboard file, as of these studies."),
    ] = None,
) -> None:
    """Cross-validate models on a cohort, or let trained ones grade it; repeated, it goes on where it was stopped."""
    from zoo.registry import load_registry

    from ..evaluation.cross_validate import Protocol, cross_validate, known_folds
    from ..evaluation.experiments import baselines, headline_of, zoo_arm
    from ..evaluation.given_weights import grade_cohort, models_from
    from ..evaluation.results import load_results
    from ..evaluation.segmentation import segment_cohort, that_score_regions
    from ..fit.tracking import dashboard_folder
    from ..jobs.engine import side_by_side
    from ..jobs.files import write_json
    from ..whole_zoo.noted_regions import with_regions

    if segment and not weights:
        raise typer.BadParameter(
            "expected --weights too: embedded, a weights file, or a folder of them.", param_hint="--segment"
        )
    if note_as and not segment:
        raise typer.BadParameter("expected --segment too: only figures of regions are noted.", param_hint="--note-as")
    board = expect_path(LEADERBOARD, "--note-as") if note_as else None
    studies = load_and_tell(cohort)
    if weights and segment:
        models = that_score_regions(models_from(weights, model or ()), bool(model))
        with side_by_side(work.chosen.for_studies(len(studies.cases)), training.run_dir) as execute:
            found = segment_cohort(models, studies, training.run_dir, execute)
        save_and_show_regions(found, out)
        if board and note_as:
            write_json(board, with_regions(read_leaderboard(board), found, note_as).to_json())
        return
    if weights:
        models = models_from(weights, model or ())
        headline = headline_of([one.spec.id for one in models])
        with side_by_side(work.chosen.for_studies(len(studies.cases)), training.run_dir) as execute:
            graded = grade_cohort(models, studies, training.run_dir, headline, seed=training.seed, execute=execute)
        save_and_show(graded, out)
        return
    zoo = load_registry()
    arms = [zoo_arm(zoo, name) for name in model] if model else list(baselines(zoo, full=False))
    known = known_folds(load_results(reuse_folds)) if reuse_folds else None
    protocol = Protocol(folds, repeats, leave_hospitals_out, training.seed, known)
    headline = headline_of([arm.name for arm in arms])
    dashboard = dashboard_folder(training.run_dir, training.tracking)
    with side_by_side(work.chosen, training.run_dir) as execute:
        tested = cross_validate(
            arms, studies, protocol, training.fit, training.run_dir, headline, dashboard, execute=execute
        )
    save_and_show(tested, out)


def load_and_tell(cohort: Path) -> Cohort:
    """The cohort; studies that are left out, and those that may be one patient's, are named on stderr at once."""
    from ..cohorts import load_cohort
    from ..cohorts.names import doubt_about_patients

    found = load_cohort(cohort.absolute())  # other machines start elsewhere
    for one in found.left_out:
        typer.secho(f"left out: {one.case}: {one.reason}", fg="yellow", err=True)
    if doubt := doubt_about_patients({case.id: case.patient for case in found.cases}):
        typer.secho(doubt, fg="yellow", err=True)
    return found
