"""The leaderboard in Markdown, for the README and the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict

import numpy as np

from zoo.assets.leaderboard import AblationArm, Estimate, GradedCohort, Leaderboard, LeaderboardRow

from ..report.markdown import estimate, number, p_value, size, table

MODELS = ("model", "parameters", "GFLOPs", "s", "AUC", "Brier", "ECE", "other simulator: AUC", "drop")
READINGS = ("reading", "AUC ± SD of seeds", "difference", "p, adjusted", "verdict")


def to_markdown(leaderboard: Leaderboard) -> str:
    """Write models, what they could have reached, and the ablations."""
    readings = [readings_table(arms) for arms in leaderboard.ablations.experiments.values()]
    return "\n\n".join([models_table(leaderboard), ceiling(leaderboard), *readings]) + "\n"


def models_table(leaderboard: Leaderboard) -> str:
    """Tabulate models, best first, by the AUC on held-out studies of the simulator that trained them."""
    rows = [(row.held_out.auc.value if row.held_out.auc else 0.0, name) for name, row in leaderboard.models.items()]
    ranked = [name for _, name in sorted(rows, key=lambda pair: -pair[0])]
    return table(MODELS, [_model(name, leaderboard.models[name]) for name in ranked])


def _model(name: str, row: LeaderboardRow) -> list[str]:
    own, other = row.held_out, row.unseen
    aucs = own.auc, other.auc if other else None
    return [
        f"`{name}`",
        size(row.parameters),
        number(row.gflops, 1),
        number(row.seconds, 2),
        _estimate(aucs[0]),
        number(own.brier.value),
        number(own.ece.value),
        _estimate(aucs[1]),
        number(aucs[0].value - aucs[1].value if aucs[0] and aucs[1] else None),
    ]


def _estimate(figure: Estimate | None) -> str:
    return estimate({"value": None} if figure is None else asdict(figure))


def ceiling(leaderboard: Leaderboard) -> str:
    """What the drawn signs themselves tell of both cohorts."""
    own, other = leaderboard.held_out, leaderboard.unseen
    sign, alone = own.ceiling.best_sign
    return (
        f"A classifier that is told the true signs reaches {_reached(own)} on the {own.cases} held-out studies (the "
        f"best single sign, {sign}, {alone:.3f}) and {_reached(other)} on the {other.cases} of the other simulator; "
        f"Bayes' rule, which knows how often each sign occurs, {own.ceiling.ideal:.3f} and {other.ceiling.ideal:.3f}."
    )


def _reached(cohort: GradedCohort) -> str:
    return _estimate(cohort.ceiling.ceiling.estimate)


def readings_table(arms: Mapping[str, AblationArm]) -> str:
    """Tabulate one experiment's arms, each against the first."""
    return table(READINGS, list(_readings(arms)))


def _readings(arms: Mapping[str, AblationArm]) -> Iterator[list[str]]:
    for name, arm in arms.items():
        spread = float(np.std(arm.auc, ddof=1)) if len(arm.auc) > 1 else None
        against = ["", "", ""]
        if arm.difference is not None and arm.verdict is not None:
            difference = Estimate(arm.difference, arm.low, arm.high)
            against = [_estimate(difference), p_value(arm.p_holm), arm.verdict]
        yield [name, _estimate(Estimate(float(np.mean(arm.auc)), sd=spread)), *against]
