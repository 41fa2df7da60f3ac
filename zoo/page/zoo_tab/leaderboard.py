"""The leaderboard that comes with the zoo, as `python -m training zoo` writes it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from zoo.errors import ZooError
from zoo.page.zoo_tab.standings import Estimate, Standing, Standings, ranked
from zoo.types import GRADES

LEADERBOARD = Path(__file__).parents[2] / "leaderboard.json"
FORMAT = 1


def read_leaderboard(path: Path) -> Standings:
    """`ZooError` where there is none, or another."""
    try:
        return _standings(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise ZooError("No leaderboard is here yet: `python -m training zoo` writes one.") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ZooError(
            f"{path.name}: expected a leaderboard of format {FORMAT}, as `python -m training zoo` writes it; found "
            f"another ({type(error).__name__}: {error}). Write it anew."
        ) from error


def _standings(board: Mapping[str, Any]) -> Standings:
    if board["format"] != FORMAT:
        raise ValueError(f"format {board['format']}")
    y = np.array([GRADES.index(grade) for grade in board["held_out"]["grades"]])
    told = board["ceiling"]["ceiling"]
    ceiling = Estimate(told["auc"], told["low"], told["high"])
    rows = [_standing(model_id, row, y) for model_id, row in board["models"].items()]
    return Standings((*_about(board), _ceiling_sentence(board["ceiling"], ceiling)), ranked(rows), ceiling)


def _about(board: Mapping[str, Any]) -> tuple[str, str]:
    return (
        f"These are figures on {board['held_out']['cases']} simulated studies that trained no model (simulator "
        f"{board['simulator']}): they say nothing about patients.",
        f"The other simulator is built otherwise and trained none of them, either; {board['unseen']['cases']} studies.",
    )


def _ceiling_sentence(told: Mapping[str, Any], ceiling: Estimate) -> str:
    """What the drawn signs themselves tell."""
    best = max(told["signs"], key=told["signs"].__getitem__)
    return (
        f"A classifier that is told the true signs of these studies reaches an AUC of {ceiling}; the best single sign, "
        f"{best.replace('_', ' ')}, {told['signs'][best]:.3f}."
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
