"""The leaderboard in Markdown, for the README and the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict

import numpy as np

from zoo.assets.leaderboard import AblationArm, Estimate, Figures, GradedCohort, Leaderboard, LeaderboardRow
from zoo.assets.standings import modality_gain

from ..report.markdown import NONE, estimate, number, p_value, size, table

MODELS = ("model", "parameters", "GFLOPs", "s")
AUCS = {"held_out": "AUC", "shifted": "other scanners: AUC", "unseen": "other simulator: AUC"}
AT_ONE_HALF = {"held_out": "held out", "shifted": "other scanners", "unseen": "other simulator"}
CALIBRATION = ("Brier", "ECE")
HOW_GRADES_ARE_READ = "Sensitivity / specificity at 0.5, with Brier score and ECE on the same studies beside them:"
READINGS = ("reading", "AUC ± SD of seeds", "difference", "p, adjusted", "verdict")


def to_markdown(leaderboard: Leaderboard) -> str:
    """Write models, what they could have reached, and the ablations."""
    readings = [readings_table(arms) for arms in leaderboard.ablations.experiments.values()]
    parts = [
        models_table(leaderboard),
        HOW_GRADES_ARE_READ,
        grades_table(leaderboard),
        ceiling(leaderboard),
        modality_gain(leaderboard),
        *readings,
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def models_table(leaderboard: Leaderboard) -> str:
    """Tabulate models and their AUC on each cohort that was graded, best first by the held-out studies."""
    cohorts = leaderboard.cohorts
    rows = [[*_model(name, row), *(_auc(getattr(row, each)) for each in cohorts)] for name, row in _ranked(leaderboard)]
    return table((*MODELS, *(AUCS[name] for name in cohorts)), rows)


def grades_table(leaderboard: Leaderboard) -> str:
    """Tabulate how far grades and probabilities of each model hold on each graded cohort, in the same order."""
    cohorts = leaderboard.cohorts
    header = ("model", *(label for name in cohorts for label in (AT_ONE_HALF[name], *CALIBRATION)))
    rows = [
        [f"`{name}`", *(cell for each in cohorts for cell in _grades(getattr(row, each)))]
        for name, row in _ranked(leaderboard)
    ]
    return table(header, rows)


def _ranked(leaderboard: Leaderboard) -> list[tuple[str, LeaderboardRow]]:
    return sorted(
        leaderboard.models.items(), key=lambda pair: -pair[1].held_out.auc.value if pair[1].held_out.auc else 0.0
    )


def _model(name: str, row: LeaderboardRow) -> list[str]:
    return [f"`{name}`", size(row.parameters), number(row.gflops, 1), number(row.seconds, 2)]


def _auc(figures: Figures | None) -> str:
    return _estimate(figures.auc if figures else None)


def _grades(figures: Figures | None) -> list[str]:
    if figures is None:
        return [NONE] * (1 + len(CALIBRATION))
    known = (figures.sensitivity, figures.specificity)
    both = " / ".join(number(each.value if each else None, 2) for each in known)
    return [both, number(figures.brier.value), number(figures.ece.value)]


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
