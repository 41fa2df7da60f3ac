"""What each embedded model reaches on simulated studies, and what could be reached, as the leaderboard holds it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from zoo.assets.leaderboard import (
    COHORTS,
    MEASURES,
    AucDifference,
    Estimate,
    Figures,
    GradedCohort,
    Leaderboard,
    LeaderboardRow,
    ModalityGain,
    SignCeiling,
)
from zoo.assets.typed_json import from_json
from zoo.types.roles import ATTENTION_ON_T1CE, HEADLINE_MODEL
from zoo.weights.load import TrainedModel

from ..cohorts import Cohort
from ..evaluation.results import WHOLE, Results
from ..evaluation.sign_ceiling import sign_ceiling
from ..report.summary import summarise
from ..simulation.study import VERSION
from ..statistics.comparisons import delong_test

DIGITS = 4

GradedCohorts = Mapping[str, tuple[Cohort, Results]]


def make_leaderboard(
    models: Sequence[TrainedModel], graded: GradedCohorts, seconds: Mapping[str, float]
) -> Leaderboard:
    """Sum up what models said of two cohorts; without ablations, see `training.whole_zoo.ablation`.

    graded: "held_out", of the simulator that trained the models, "shifted", the same as other scanners would have given
    them, and "unseen", of the simulator that no training sees. seconds: of one study, by model.
    """
    figures = {name: _figures(results) for name, (_, results) in graded.items()}
    _, results = graded["held_out"]
    sizes = {row.name: row for row in results.models}
    return Leaderboard(
        simulator=VERSION,
        held_out=_graded_cohort(*graded["held_out"]),
        unseen=_graded_cohort(*graded["unseen"]),
        models={
            (name := model.spec.id): LeaderboardRow(
                title=sizes[name].title,
                family=sizes[name].family,
                uses=sizes[name].uses,
                parameters=sizes[name].parameters,
                gflops=sizes[name].gflops,
                trained_on=sizes[name].trained_on,
                seconds=seconds[name],
                weights=model.revision,
                held_out=figures["held_out"][name],
                unseen=figures["unseen"][name],
                shifted=figures["shifted"][name] if "shifted" in figures else None,
            )
            for model in models
        },
        modality_gain=_modality_gain({name: results for name, (_, results) in graded.items()}),
        timing=dict(results.timing),
    )


def _figures(results: Results) -> dict[str, Figures]:
    """Figures of one cohort, by model."""
    arms = summarise(results)["arms"]
    return {
        outcome.model: Figures(
            **{name: Estimate(**arms[outcome.model][WHOLE]["pooled"][name]) for name in MEASURES},
            p_hgg=tuple(round(p_hgg, DIGITS) for p_hgg in outcome.p_hgg),
        )
        for outcome in results.outcomes
    }


def _graded_cohort(cohort: Cohort, results: Results) -> GradedCohort:
    return GradedCohort(
        fingerprint=results.cohort["fingerprint"],
        cases=len(results.cases),
        grades=tuple(case.grade for case in results.cases),
        ceiling=from_json(SignCeiling, sign_ceiling(cohort.cases)),
    )


def _modality_gain(graded: Mapping[str, Results]) -> ModalityGain | None:
    """Compare the headline with T1ce alone; None where either was not graded."""
    found = {name: _gain_on(graded[name]) for name in COHORTS if name in graded}
    known = {name: difference for name, difference in found.items() if difference is not None}
    return ModalityGain(HEADLINE_MODEL, ATTENTION_ON_T1CE, known) if known else None


def _gain_on(results: Results) -> AucDifference | None:
    p_hgg = {outcome.model: np.array(outcome.p_hgg) for outcome in results.outcomes}
    if not {HEADLINE_MODEL, ATTENTION_ON_T1CE} <= p_hgg.keys():
        return None
    y = np.array([case.grade == "HGG" for case in results.cases], np.int64)
    found = delong_test(y, p_hgg[HEADLINE_MODEL], p_hgg[ATTENTION_ON_T1CE])
    if found.difference is None:
        return None
    low, high = (found.interval.low, found.interval.high) if found.interval else (None, None)
    return AucDifference(found.difference, low, high, found.p_value)
