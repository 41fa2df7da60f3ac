"""All explainers of all models on all studies: from what is asked to plain JSON values."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from zoo import ExplainerSpec
from zoo.weights.load import TrainedModel

from ..evaluation.environment import describe_environment
from ..jobs.engine import Execute
from ..jobs.parallel_tasks import Task, run_tasks
from ..simulation.study import VERSION, grade_of, study_id
from .curves import FRACTIONS
from .maps import SMOOTHING_MM
from .score import FORMAT, Asked, MeasureControls, MeasureExplainer

SEED = 7
"""Seed of a cohort that trains nothing: the zoo's weights saw 1 and 2, the reference brains are 6."""


def measure_all(
    models: Sequence[TrainedModel],
    explainers: Sequence[ExplainerSpec],
    studies: int,
    spacing_mm: float,
    folder: Path,
    execute: Execute = map,
) -> dict[str, Any]:
    """Score all explainers, as plain JSON values; goes on where an earlier call was stopped.

    folder: keeps what is done. studies: id and grade. models: by id, the revision of its weights; its "controls" and
    "explainers", by id, hold of each study what the tasks return; "refused", by explainer, why there is no map.
    """
    asked = [Asked(model.spec, model.revision, SEED, index, spacing_mm) for index in range(studies) for model in models]
    # A study after the other, so that each process simulates it once.
    tasks: list[Task] = []
    for one in asked:
        tasks += [MeasureControls(one), *(MeasureExplainer(one, spec) for spec in explainers)]
    found = dict(zip((task.name for task in tasks), run_tasks(tasks, folder, execute), strict=True))
    return {
        "format": FORMAT,
        "simulator": VERSION,
        "seed": SEED,
        "spacing_mm": spacing_mm,
        "smoothing_mm": SMOOTHING_MM,
        "fractions": list(FRACTIONS),
        "studies": [{"id": study_id(SEED, index), "grade": grade_of(index)} for index in range(studies)],
        "models": {model.spec.id: _of_model(model, asked, explainers, found) for model in models},
        "surroundings": describe_environment(),
    }


def _of_model(
    model: TrainedModel, asked: Sequence[Asked], explainers: Sequence[ExplainerSpec], found: dict[str, Any]
) -> dict[str, Any]:
    ours = [one for one in asked if one.spec.id == model.spec.id]
    scores = {spec.id: [found[MeasureExplainer(one, spec).name] for one in ours] for spec in explainers}
    refused = {name: rows[0]["refused"] for name, rows in scores.items() if "refused" in rows[0]}
    return {
        "weights": model.revision,
        "controls": [found[MeasureControls(one).name] for one in ours],
        "explainers": {name: rows for name, rows in scores.items() if name not in refused},
        "refused": refused,
    }
