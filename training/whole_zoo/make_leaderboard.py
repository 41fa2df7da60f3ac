"""What each embedded model reaches on simulated studies, and what could be reached, as the leaderboard holds it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from zoo.assets.leaderboard import MEASURES, Estimate, Figures, GradedCohort, Leaderboard, LeaderboardRow, SignCeiling
from zoo.assets.typed_json import from_json
from zoo.weights.load import TrainedModel

from ..cohorts import Cohort
from ..evaluation.results import WHOLE, Results
from ..evaluation.sign_ceiling import sign_ceiling
from ..report.summary import summarise
from ..simulation.study import VERSION

DIGITS = 4

GradedCohorts = Mapping[str, tuple[Cohort, Results]]


def make_leaderboard(
    models: Sequence[TrainedModel], graded: GradedCohorts, seconds: Mapping[str, float]
) -> Leaderboard:
    """Sum up what models said of two cohorts; without ablations, see `training.whole_zoo.ablation`.

    graded: "held_out", of the simulator that trained the models, and "unseen", of the one that no training sees.
    seconds: of one study, by model.
    """
    figures = {name: _figures(results) for name, (_, results) in graded.items()}
    cohorts = {name: _graded_cohort(cohort, results) for name, (cohort, results) in graded.items()}
    _, results = graded["held_out"]
    sizes = {row.name: row for row in results.models}
    return Leaderboard(
        simulator=VERSION,
        held_out=cohorts["held_out"],
        unseen=cohorts["unseen"],
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
                **{cohort: found[name] for cohort, found in figures.items()},
            )
            for model in models
        },
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
