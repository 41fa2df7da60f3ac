"""What the tab shows of each model, wherever its figures come from: a leaderboard's row beside the true grades."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from zoo.assets.leaderboard import LEADERBOARD, Estimate, Leaderboard, LeaderboardRow, read_leaderboard
from zoo.metrics import rank_intervals
from zoo.types import GRADES

PLACES = {
    "held_out": "on the held-out studies",
    "shifted": "on these as other scanners would have given them",
    "unseen": "on those of the other simulator",
}
MOST_PAIRS = 10_000_000
"""Number of pairs, an HGG and an LGG by a model, from which drawing samples would keep the page waiting."""
SHIFTED = (
    "Other scanners: the same studies as other scanners would have given them, with contrasts, sharpness, shading and "
    "noise wider than life; T1ce − T1 stays what it was."
)


@dataclass(frozen=True, eq=False, kw_only=True)  # Gradio hashes what a visitor's session holds; arrays have no hash
class Standing(LeaderboardRow):
    """One model's row, and what it answered: y, int64 [N], 1 for HGG, and p_hgg, float64 [N].

    places: that it has by AUC in most samples of the studies, from and to; None where that isn't known.
    """

    id: str
    y: np.ndarray
    places: tuple[int, int] | None = None

    @property
    def p_hgg(self) -> np.ndarray:
        return np.array(self.held_out.p_hgg, float)

    @property
    def auc(self) -> Estimate | None:
        return self.held_out.auc

    @property
    def brier(self) -> float:
        return self.held_out.brier.value

    @property
    def ece(self) -> float:
        return self.held_out.ece.value


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
    about = tuple(sentence for sentence in (*_about(board), _ceilings(board), modality_gain(board)) if sentence)
    return Standings(about, with_places(ranked(rows)), board.held_out.ceiling.ceiling.estimate)


def ranked(rows: Iterable[Standing]) -> tuple[Standing, ...]:
    """Sort rows by AUC, best first; those without one last."""
    return tuple(sorted(rows, key=lambda row: -row.auc.value if row.auc else 1.0))


def with_places(rows: Sequence[Standing]) -> tuple[Standing, ...]:
    """Add the places that chance leaves open, where all were asked about the same studies, each of another patient."""
    alike = rows and all(row.auc and np.array_equal(row.y, rows[0].y) for row in rows)
    if not alike or len(rows) * rows[0].y.sum() * (1 - rows[0].y).sum() > MOST_PAIRS:
        return tuple(rows)
    found = rank_intervals(rows[0].y, [row.p_hgg for row in rows])
    return tuple(replace(row, places=places) for row, places in zip(rows, found, strict=True))


def modality_gain(board: Leaderboard) -> str:
    """Say what three modalities add to T1ce alone, on all that was graded; "" where that was not measured."""
    gain = board.modality_gain
    if gain is None:
        return ""
    told = "; ".join(f"{gain.on[name]} {where}" for name, where in PLACES.items() if name in gain.on)
    return (
        f"Four modalities ({gain.model}) against T1ce alone ({gain.alone}), difference of AUC by DeLong's test: {told}."
    )


def _about(board: Leaderboard) -> tuple[str, str, str]:
    return (
        f"These are figures on {board.held_out.cases} simulated studies that trained no model (simulator "
        f"{board.simulator}): they say nothing about patients.",
        SHIFTED if "shifted" in board.cohorts else "",
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
