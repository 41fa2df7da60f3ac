"""`python -m training scanner`: what it asks for, and what it does one after another."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import EngineOptions, RunDir, with_option_groups


@with_option_groups
def scanner(
    work: EngineOptions,
    patients: Annotated[int, typer.Option(help="To simulate, half of each grade; none trains a model.", min=2)] = 60,
    model: Annotated[list[str] | None, typer.Option(help="Model id, repeatable; all that are trained if none.")] = None,
    spacing: Annotated[float, typer.Option(help="Of the simulated head's voxels, in mm.", min=1, max=3)] = 1.0,
    out: Annotated[Path, typer.Option(help="Results file.")] = Path("runs/scanner.json"),
    run_dir: RunDir = Path("runs/scanner"),
) -> None:
    """Measure the way from raw series to a grade on simulated heads; stop it at any time, repeat it to go on."""
    from ..evaluation.given_weights import models_from
    from ..evaluation.model_tuple import ModelTuple
    from ..jobs.engine import side_by_side
    from ..jobs.files import write_json
    from ..jobs.parallel_tasks import run_tasks
    from ..scanner.figures import to_markdown
    from ..scanner.measure_patient import MeasurePatient

    models = ModelTuple(models_from("embedded", model or ()))
    tasks = [MeasurePatient(models, index, spacing) for index in range(patients)]
    with side_by_side(work.chosen, run_dir) as execute:
        found = run_tasks(tasks, run_dir, execute, "measuring")
    write_json(out, found)
    typer.echo(to_markdown(found))
