"""Trained models on a cohort that none of them was trained on, prepared once for all, as it is or otherwise seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.special import expit

from zoo import Recipe
from zoo.types import RegisteredModel
from zoo.weights.load import TrainedModel, load_weights

from ..cohorts import Case, Cohort
from ..data.batches import predict
from ..data.prepared_cohort import PreparedCohort, fingerprint, prepare_cohort, short_hash
from ..data.shifted import SHIFT_VERSION, shifted_cohort
from ..evaluation.cohort_facts import case_rows, cohort_facts
from ..evaluation.environment import describe_environment
from ..evaluation.given_weights import model_row
from ..evaluation.results import WHOLE, Outcome, Results
from ..jobs.device import best_device
from ..jobs.engine import Execute
from ..jobs.parallel_tasks import run_tasks


def grade_prepared(
    models: Sequence[TrainedModel],
    cohort: Cohort,
    run_dir: Path,
    headline: str,
    execute: Execute = map,
    shifted: bool = False,
) -> Results:
    """Let every model grade every case, going on where an earlier call was stopped.

    run_dir: keeps prepared cohorts and what was graded. headline: id of the model named first. shifted: whether models
    see each case as another scanner would have given it, see `shifted_cohort`.
    """
    prepared = run_dir / "prepared"
    for recipe in {model.spec.recipe for model in models}:
        _seen(cohort.cases, recipe, prepared, shifted)
    tasks = [GradeWithModel(model.spec, model.revision, cohort.cases, prepared, shifted) for model in models]
    found = run_tasks(tasks, run_dir / "graded", execute)
    return Results(
        cohort=cohort_facts(cohort),
        protocol={"experiment": "given weights", "weights": {model.spec.id: model.revision for model in models}},
        headline=headline,
        cases=case_rows(cohort.cases, [()] * len(cohort.cases)),
        models=tuple(model_row(model.spec.id, model) for model in models),
        outcomes=tuple(_outcome(model, cohort, told) for model, told in zip(models, found, strict=True)),
        timing=describe_environment(),
    )


@dataclass(frozen=True)
class GradeWithModel:
    """A task: let one model grade all the cases."""

    spec: RegisteredModel
    revision: str
    cases: tuple[Case, ...]
    prepared: Path
    shifted: bool = False

    @property
    def name(self) -> str:
        seen = ["shifted", SHIFT_VERSION] if self.shifted else []
        return f"{self.spec.id}-{short_hash(fingerprint(self.cases), self.revision, *seen)}"

    def run(self) -> list[float]:
        """Calibrated log-odds of HGG, in the order of the cases."""
        model = load_weights(self.spec, str(best_device()))
        ready = _seen(self.cases, self.spec.recipe, self.prepared, self.shifted)
        margins = predict(model.module, ready, np.arange(len(ready.y)), self.spec.uses)
        return model.record.calibration.log_odds(margins).tolist()


def _seen(cases: Sequence[Case], recipe: Recipe, folder: Path, shifted: bool) -> PreparedCohort:
    ready = prepare_cohort(cases, recipe, folder)
    return shifted_cohort(ready, recipe, folder) if shifted else ready


def _outcome(model: TrainedModel, cohort: Cohort, log_odds: Sequence[float]) -> Outcome:
    return Outcome(
        model=model.spec.id,
        scheme=WHOLE,
        split="whole cohort",
        repeat=0,
        cases=tuple(case.id for case in cohort.cases),
        logit=tuple(log_odds),
        p_hgg=tuple(expit(log_odds).tolist()),
        threshold=model.record.threshold,
    )
