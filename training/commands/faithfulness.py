"""`python -m training faithfulness`: what it asks for, and what it does one after another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zoo.types.roles import BEST_SINGLE_MODALITY, COMPARED_MODELS

from .options import EngineOptions, RunDir, with_option_groups

if TYPE_CHECKING:
    from ..jobs.engine import Engine

MODELS = [*COMPARED_MODELS, BEST_SINGLE_MODALITY]


@with_option_groups
def faithfulness(
    work: EngineOptions,
    studies: Annotated[int, typer.Option(help="To simulate, half of each grade; none trains a model.", min=2)] = 24,
    model: Annotated[list[str], typer.Option(help="Model id, repeatable.")] = MODELS,
    explainer: Annotated[
        list[str] | None, typer.Option(help="Explainer id, repeatable; all that give voxel maps if none.")
    ] = None,
    spacing: Annotated[float, typer.Option(help="Of the studies' voxels, in mm.", min=1, max=6)] = 2.0,
    out: Annotated[Path, typer.Option(help="Results file.")] = Path("runs/faithfulness.json"),
    table: Annotated[Path | None, typer.Option(help="Only print the tables of this results file.")] = None,
    run_dir: RunDir = Path("runs/faithfulness"),
) -> None:
    """Score explanations on simulated studies, whose lesions are known; stop it at any time, repeat it to go on."""
    import json

    from ..faithfulness.score_tables import to_markdown
    from ..jobs.files import write_json

    if table is None:
        write_json(out, _measured(studies, model, explainer, spacing, run_dir, work.chosen))
    typer.echo(to_markdown(json.loads((table or out).read_text(encoding="utf-8"))))


def _measured(
    studies: int, models: list[str], explainers: list[str] | None, spacing: float, run_dir: Path, engine: Engine
) -> dict:
    from zoo.registry import load_registry
    from zoo.weights.load import load_weights

    from ..faithfulness.measure_all import measure_all
    from ..jobs.engine import side_by_side

    registry = load_registry()
    mapping = [spec for spec in registry.explainers.values() if spec.output == "voxels"]
    chosen = [registry.explainer(name) for name in explainers] if explainers else mapping
    trained = [load_weights(registry.model(name)) for name in models]
    with side_by_side(engine, run_dir) as execute:
        return measure_all(trained, chosen, studies, spacing, run_dir, execute)
