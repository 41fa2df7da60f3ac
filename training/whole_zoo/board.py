"""The leaderboard: what each embedded model reaches on simulated studies, and what could be reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from zoo.weights.load import TrainedModel

from ..cohorts import Cohort
from ..evaluation.results import WHOLE, ModelRow, Results
from ..evaluation.sign_ceiling import sign_ceiling
from ..report.summary import summarise
from ..simulation.study import VERSION

FORMAT = 1
DIGITS = 4
MEASURES = ("auc", "brier", "ece", "accuracy", "sensitivity", "specificity")


def leaderboard(
    models: Sequence[TrainedModel],
    graded: Mapping[str, tuple[Cohort, Results]],
    seconds: Mapping[str, float],
) -> dict[str, Any]:
    """Put the leaderboard together, as plain JSON values.

    graded: "held_out", of the simulator's own family, and "unseen", of the one that no training sees. Of these come the
    cohorts' facts, with the grade of each case and what the true signs would tell (`sign_ceiling`). simulator: version.
    models: by id, size, seconds a study, and under "held_out" and "unseen" each of `MEASURES` with value, low and high,
    and "p_hgg" of each case. ablations: none yet, see `ablations`.
    """
    figures = {name: _figures(results) for name, (_, results) in graded.items()}
    _, held_out = graded["held_out"]
    rows = {row.name: row for row in held_out.models}
    return {
        "format": FORMAT,
        "simulator": VERSION,
        **{name: _facts(cohort, results) for name, (cohort, results) in graded.items()},
        "models": {
            model.spec.id: _size(rows[model.spec.id])
            | {"seconds": seconds[model.spec.id], "weights": model.revision}
            | {name: found[model.spec.id] for name, found in figures.items()}
            for model in models
        },
        "ablations": {"experiments": {}},
        "timing": dict(held_out.timing),
    }


def _figures(results: Results) -> dict[str, dict[str, Any]]:
    arms = summarise(results)["arms"]
    return {
        outcome.model: {measure: arms[outcome.model][WHOLE]["pooled"][measure] for measure in MEASURES}
        | {"p_hgg": [round(p_hgg, DIGITS) for p_hgg in outcome.p_hgg]}
        for outcome in results.outcomes
    }


def _facts(cohort: Cohort, results: Results) -> dict[str, Any]:
    return {
        "fingerprint": results.cohort["fingerprint"],
        "cases": len(results.cases),
        "grades": [case.grade for case in results.cases],
        "ceiling": sign_ceiling(cohort.cases),
    }


def _size(row: ModelRow) -> dict[str, Any]:
    return {
        "title": row.title,
        "family": row.family,
        "uses": list(row.uses),
        "parameters": row.parameters,
        "gflops": row.gflops,
        "trained_on": row.trained_on,
    }
