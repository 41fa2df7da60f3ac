"""The leaderboard in Markdown, for the README and the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from ..report.markdown import estimate, number, p_value, size, table

Row = Mapping[str, Any]

MODELS = ("model", "parameters", "GFLOPs", "s", "AUC", "Brier", "ECE", "other simulator: AUC", "drop")
READINGS = ("reading", "AUC ± SD of seeds", "difference", "p, adjusted", "verdict")


def to_markdown(leaderboard: Row) -> str:
    """Write models, what they could have reached, and the ablations."""
    readings = [readings_table(arms) for arms in leaderboard["ablations"]["experiments"].values()]
    return "\n\n".join([models_table(leaderboard), ceiling(leaderboard), *readings]) + "\n"


def models_table(leaderboard: Row) -> str:
    """Tabulate models, best first, by the AUC on held-out studies of the simulator that trained them."""
    models = leaderboard["models"]
    ranked = sorted(models, key=lambda name: -models[name]["held_out"]["auc"]["value"])
    return table(MODELS, [_model(name, models[name]) for name in ranked])


def _model(name: str, row: Row) -> list[str]:
    own, other = row["held_out"], row["unseen"]
    return [
        f"`{name}`",
        size(row["parameters"]),
        number(row["gflops"], 1),
        number(row["seconds"], 2),
        estimate(own["auc"]),
        number(own["brier"]["value"]),
        number(own["ece"]["value"]),
        estimate(other["auc"]),
        number(own["auc"]["value"] - other["auc"]["value"]),
    ]


def ceiling(leaderboard: Row) -> str:
    """What the drawn signs themselves tell of both cohorts."""
    own, other = leaderboard["held_out"], leaderboard["unseen"]
    ideal = f"{own['ceiling']['ideal']:.3f} and {other['ceiling']['ideal']:.3f}"
    signs = own["ceiling"]["signs"]
    best = max(signs, key=signs.__getitem__)
    return (
        f"A classifier that is told the true signs reaches {_reached(own)} on the {own['cases']} held-out studies (the "
        f"best single sign, {best.replace('_', ' ')}, {signs[best]:.3f}) and {_reached(other)} on the {other['cases']} "
        f"of the other simulator; Bayes' rule, which knows how often each sign occurs, {ideal}."
    )


def _reached(cohort: Row) -> str:
    told = cohort["ceiling"]["ceiling"]
    return estimate(told | {"value": told["auc"]})


def readings_table(arms: Row) -> str:
    """Tabulate one experiment's arms, each against the first."""
    return table(READINGS, list(_readings(arms)))


def _readings(arms: Row) -> Iterator[list[str]]:
    for name, row in arms.items():
        spread = np.std(row["auc"], ddof=1) if len(row["auc"]) > 1 else None
        auc = estimate({"value": np.mean(row["auc"]), "sd": spread, "low": None})
        against = ["", "", ""]
        if "verdict" in row:
            against = [estimate(row | {"value": row["difference"]}), p_value(row["p_holm"]), row["verdict"]]
        yield [name, auc, *against]
