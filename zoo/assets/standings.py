"""What the tab shows of each model, wherever its figures come from: a leaderboard's row beside the true grades."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from zoo.assets.leaderboard import LEADERBOARD, Estimate, Leaderboard, LeaderboardRow, read_leaderboard
from zoo.types import GRADES


@dataclass(frozen=True, eq=False, kw_only=True)  # Gradio hashes what a visitor's session holds; arrays have no hash
class Standing(LeaderboardRow):
    """One model's row, and what it answered: y, int64 [N], 1 for HGG, and p_hgg, float64 [N]."""

    id: str
    y: np.ndarray

    @property
    def p_hgg(self) -> np.ndarray:
        return np.array(self.held_out.p_hgg, float)

    @property
    def auc(self) -> Estimate | None:
        return self.held_out.auc

    @property
    def other(self) -> Estimate | None:
        """The AUC on studies of another simulator."""
        return self.unseen.auc if self.unseen else None

    @property
    def brier(self) -> float:
        return self.held_out.brier.value

    @property
    def ece(self) -> float:
        return self.held_out.ece.value

    @property
    def drop(self) -> float | None:
        """What of the AUC is lost on the other simulator."""
        return self.auc.value - self.other.value if self.auc and self.other else None


@dataclass(frozen=True, eq=False)
class Standings:
    """A table of compared models. about: sentences that say whose figures these are. rows: best first, by AUC; an id
    stands once. ceiling: AUC that no model is expected to exceed."""

    about: tuple[str, ...]
    rows: tuple[Standing, ...]
    ceiling: Estimate | None = None


def read_standings(path: Path = LEADERBOARD) -> Standings:
    """Read a leaderboard file as the tab shows it; `ZooError` where there is none, or another."""
    return standings_of(read_leaderboard(path))


def standings_of(board: Leaderboard) -> Standings:
    """Put a leaderboard's models into their order, with the sentences that belong above them."""
    y = np.array([GRADES.index(grade) for grade in board.held_out.grades])
    rows = [Standing(**vars(row), id=model_id, y=y) for model_id, row in board.models.items()]
    return Standings((*_about(board), _ceilings(board)), ranked(rows), board.held_out.ceiling.ceiling.estimate)


def ranked(rows: Iterable[Standing]) -> tuple[Standing, ...]:
    """Sort rows by AUC, best first; those without one last."""
    return tuple(sorted(rows, key=lambda row: -row.auc.value if row.auc else 1.0))


def _about(board: Leaderboard) -> tuple[str, str]:
    return (
        f"These are figures on {board.held_out.cases} simulated studies that trained no model (simulator "
        f"{board.simulator}): they say nothing about patients.",
        f"The other simulator is built otherwise and trained none of them, either; {board.unseen.cases} studies.",
    )


def _ceilings(board: Leaderboard) -> str:
    """What the drawn signs themselves tell."""
    own, other = board.held_out.ceiling, board.unseen.ceiling
    sign, alone = own.best_sign
    return (
        f"A classifier that is told the true signs of these studies reaches an AUC of {own.ceiling.estimate} (the best "
        f"single sign, {sign}, {alone:.3f}), of those of the other simulator {other.ceiling.estimate}."
    )
