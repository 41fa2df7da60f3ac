"""The leaderboard that comes with the zoo, as `python -m training zoo` writes it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from zoo.assets.standings import Estimate, Standing, Standings, ranked
from zoo.checkout import TRAINING
from zoo.errors import ZooError
from zoo.types import GRADES

LEADERBOARD = Path(__file__).with_name("leaderboard.json")
FORMAT = 1


def read_leaderboard(path: Path) -> Standings:
    """`ZooError` where there is none, or another."""
    try:
        return _standings(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise ZooError(f"No leaderboard is here yet: `{TRAINING} zoo` writes one.") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ZooError(
            f"{path.name}: expected a leaderboard of format {FORMAT}, as `{TRAINING} zoo` writes it; found "
            f"another ({type(error).__name__}: {error}). Write it anew."
        ) from error


def measured_seconds(path: Path = LEADERBOARD) -> dict[str, float]:
    """Of one prepared study, by model; none where there is no leaderboard."""
    try:
        return {row.id: row.seconds for row in read_leaderboard(path).rows if row.seconds is not None}
    except ZooError:
        return {}


def _standings(board: Mapping[str, Any]) -> Standings:
    if board["format"] != FORMAT:
        raise ValueError(f"format {board['format']}")
    y = np.array([GRADES.index(grade) for grade in board["held_out"]["grades"]])
    ceiling = _ceiling(board["held_out"])
    rows = [_standing(model_id, row, y) for model_id, row in board["models"].items()]
    return Standings((*_about(board), _ceilings(board)), ranked(rows), ceiling)


def _about(board: Mapping[str, Any]) -> tuple[str, str]:
    return (
        f"These are figures on {board['held_out']['cases']} simulated studies that trained no model (simulator "
        f"{board['simulator']}): they say nothing about patients.",
        f"The other simulator is built otherwise and trained none of them, either; {board['unseen']['cases']} studies.",
    )


def _ceiling(cohort: Mapping[str, Any]) -> Estimate:
    told = cohort["ceiling"]["ceiling"]
    return Estimate(told["auc"], told["low"], told["high"])


def _ceilings(board: Mapping[str, Any]) -> str:
    """What the drawn signs themselves tell."""
    own, other = board["held_out"], board["unseen"]
    signs = own["ceiling"]["signs"]
    best = max(signs, key=signs.__getitem__)
    return (
        f"A classifier that is told the true signs of these studies reaches an AUC of {_ceiling(own)} (the best single "
        f"sign, {best.replace('_', ' ')}, {signs[best]:.3f}), of those of the other simulator {_ceiling(other)}."
    )


def _standing(model_id: str, row: Mapping[str, Any], y: np.ndarray) -> Standing:
    own, other = row["held_out"], row["unseen"]
    return Standing(
        id=model_id,
        title=row["title"],
        family=row["family"],
        trained_on=row["trained_on"],
        parameters=row["parameters"],
        gflops=row["gflops"],
        seconds=row["seconds"],
        auc=_estimate(own["auc"]),
        brier=own["brier"]["value"],
        ece=own["ece"]["value"],
        other=_estimate(other["auc"]),
        y=y,
        p_hgg=np.array(own["p_hgg"], float),
    )


def _estimate(figure: Mapping[str, float]) -> Estimate:
    return Estimate(figure["value"], figure["low"], figure["high"])
