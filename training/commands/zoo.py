"""`python -m training zoo`: what it asks for, and what it does one after another."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..options import FitOptions
from .shared_options import Epochs, Precision, Seed, Tracking, Work, expect_path, in_checkout

WEIGHTS, LEADERBOARD = in_checkout("plugins/weights"), in_checkout("zoo/assets/leaderboard.json")


def zoo(
    studies: Annotated[int, typer.Option(help="To simulate: three quarters train, the rest judges.", min=16)] = 2400,
    unseen: Annotated[int, typer.Option(help="To simulate by the other family, which never trains.", min=16)] = 400,
    spacing: Annotated[float, typer.Option(help="Of the studies' voxels, in mm.", min=1, max=6)] = 2.0,
    epochs: Epochs = 8,
    seeds: Annotated[int, typer.Option(help="From which each reading of the ablations is trained.", min=1)] = 3,
    ablation_studies: Annotated[int, typer.Option(help="That train it.", min=8)] = 200,
    precision: Precision = "auto",
    seed: Seed = 0,
    weights: Annotated[Path | None, typer.Option(help="Folder that gets weights and cards.")] = WEIGHTS,
    leaderboard: Annotated[Path | None, typer.Option(help="File that gets the figures of all models.")] = LEADERBOARD,
    work: Work = Path("runs/zoo"),
    tracking: Tracking = True,
) -> None:
    """Simulate, train and measure the whole zoo; stop it at any time, repeat it to go on."""
    from zoo.registry import load_registry

    from ..jobs.files import write_json
    from ..jobs.tasks import side_by_side
    from ..whole_zoo.ablation import ablations
    from ..whole_zoo.board import leaderboard as figures
    from ..whole_zoo.build import WholeZoo, embed
    from ..whole_zoo.grading import grade_prepared
    from ..whole_zoo.leaderboard_tables import to_markdown
    from ..whole_zoo.timing import seconds_a_study
    from .evaluate import HEADLINE, dashboard

    weights, leaderboard = expect_path(weights, "--weights"), expect_path(leaderboard, "--leaderboard")
    options = FitOptions(epochs, precision=precision, seed=seed)
    whole = WholeZoo(load_registry(), work, studies, unseen, options, dashboard(work, tracking), spacing)
    models = whole.trained()
    cohorts = {"held_out": whole.held_out, "unseen": whole.unseen_cohort}
    with side_by_side() as execute:
        graded = {
            name: (cohort, grade_prepared(models, cohort, work, HEADLINE, execute)) for name, cohort in cohorts.items()
        }
    seconds = {model.spec.id: seconds_a_study(model.module, model.spec.recipe) for model in models}
    for model in models:
        embed(model, weights)
    board = figures(models, graded, seconds)
    write_json(leaderboard, board)
    with side_by_side() as execute:
        board["ablations"] = ablations(whole.registry, whole.run, ablation_studies, seeds, epochs, execute)
    write_json(leaderboard, board)
    typer.echo(to_markdown(board))
    typer.echo(f"{weights}: {len(models)} models; figures: {leaderboard}")
