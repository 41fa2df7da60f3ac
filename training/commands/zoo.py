"""`python -m training zoo`: what it asks for, and what it does one after another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from zoo.assets.leaderboard import RegionCohort
from zoo.types.roles import HEADLINE_MODEL, SEGMENTER

from ..options import FitOptions
from .options import (
    EngineOptions,
    Epochs,
    Precision,
    RunDir,
    Seed,
    Tracking,
    expect_path,
    in_checkout,
    with_option_groups,
)

WEIGHTS, LEADERBOARD = in_checkout("plugins/weights"), in_checkout("zoo/assets/leaderboard.json")


@with_option_groups
def zoo(
    work: EngineOptions,
    studies: Annotated[
        int, typer.Option(help="To simulate: three quarters train, the rest validates and tests.", min=16)
    ] = 2400,
    unseen: Annotated[int, typer.Option(help="To simulate by the other simulator, which never trains.", min=16)] = 400,
    spacing: Annotated[float, typer.Option(help="Of the studies' voxels, in mm.", min=1, max=6)] = 2.0,
    epochs: Epochs = 8,
    seeds: Annotated[int, typer.Option(help="From which each variant of the ablations is trained.", min=1)] = 3,
    ablation_studies: Annotated[int, typer.Option(help="That train it.", min=8)] = 200,
    precision: Precision = "auto",
    seed: Seed = 0,
    weights: Annotated[Path | None, typer.Option(help="Folder that gets weights and cards.")] = WEIGHTS,
    leaderboard: Annotated[Path | None, typer.Option(help="File that gets the figures of all models.")] = LEADERBOARD,
    run_dir: RunDir = Path("runs/zoo"),
    tracking: Tracking = True,
) -> None:
    """Simulate, train and measure the whole zoo; stop it at any time, repeat it to go on."""
    from zoo.registry import load_registry

    from ..evaluation.segmentation import segment_cohort
    from ..fit.tracking import dashboard_folder
    from ..jobs.engine import side_by_side
    from ..jobs.files import write_json
    from ..whole_zoo.ablation import ablations
    from ..whole_zoo.build import WholeZoo, embed
    from ..whole_zoo.grading import grade_prepared
    from ..whole_zoo.leaderboard_tables import to_markdown
    from ..whole_zoo.make_leaderboard import make_leaderboard
    from ..whole_zoo.noted_regions import with_regions
    from ..whole_zoo.timing import seconds_a_study

    weights, leaderboard = expect_path(weights, "--weights"), expect_path(leaderboard, "--leaderboard")
    options = FitOptions(epochs, precision=precision, seed=seed)
    engine = work.chosen
    whole = WholeZoo(load_registry(), run_dir, studies, unseen, options, dashboard_folder(run_dir, tracking), spacing)
    models = whole.trained(engine)
    cohorts = {"held_out": whole.test_cohort, "shifted": whole.test_cohort, "unseen": whole.unseen_cohort}
    with side_by_side(engine, run_dir) as execute:
        graded = {
            name: (cohort, grade_prepared(models, cohort, run_dir, HEADLINE_MODEL, execute, name == "shifted"))
            for name, cohort in cohorts.items()
        }
    seconds = {model.spec.id: seconds_a_study(model.module, model.spec.recipe) for model in models}
    for model in models:
        embed(model, weights)
    board = make_leaderboard(models, graded, seconds)
    write_json(leaderboard, board.to_json())
    with side_by_side(engine, run_dir) as execute:
        for model in models:
            if model.spec.id == SEGMENTER:
                for name in (RegionCohort.HELD_OUT, RegionCohort.UNSEEN):
                    board = with_regions(board, segment_cohort([model], cohorts[name], run_dir, execute), name)
    write_json(leaderboard, board.to_json())
    with side_by_side(engine, run_dir) as execute:
        found = ablations(whole.registry, whole.run, ablation_studies, seeds, epochs, execute)
    board = replace(board, ablations=found)
    write_json(leaderboard, board.to_json())
    typer.echo(to_markdown(board))
    typer.echo(f"{weights}: {len(models)} models; figures: {leaderboard}")
