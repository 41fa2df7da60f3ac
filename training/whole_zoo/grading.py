"""Trained models on a cohort that none of them was trained on, prepared once for all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.special import expit

from training.batches import predict
from training.cache import prepare_cohort
from training.cohorts import Cohort
from training.evaluation.cohort_facts import case_rows, cohort_facts
from training.evaluation.external import model_row
from training.evaluation.results import WHOLE, Outcome, Results
from training.evaluation.surroundings import surroundings
from zoo.weights import TrainedModel


def grade_prepared(models: Sequence[TrainedModel], cohort: Cohort, prepared: Path, headline: str) -> Results:
    """Let every model grade every case. prepared: folder of prepared cohorts. headline: id of the model named first."""
    return Results(
        cohort=cohort_facts(cohort),
        protocol={"experiment": "given weights", "weights": {model.spec.id: model.revision for model in models}},
        headline=headline,
        cases=case_rows(cohort.cases, [()] * len(cohort.cases)),
        models=tuple(model_row(model.spec.id, model) for model in models),
        outcomes=tuple(_outcome(model, cohort, prepared) for model in models),
        timing=surroundings(),
    )


def _outcome(model: TrainedModel, cohort: Cohort, prepared: Path) -> Outcome:
    ready = prepare_cohort(cohort.cases, model.spec.recipe, prepared)
    margins = predict(model.module, ready, np.arange(len(ready.y)), model.spec.uses)
    log_odds = model.record.calibration.log_odds(margins)
    return Outcome(
        model=model.spec.id,
        scheme=WHOLE,
        split="whole cohort",
        repeat=0,
        cases=tuple(case.id for case in cohort.cases),
        logit=tuple(log_odds.tolist()),
        p_hgg=tuple(expit(log_odds).tolist()),
        threshold=model.record.threshold,
    )
