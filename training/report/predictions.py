"""What an arm answered, as arrays: the form in which the statistics take it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from ..evaluation.results import Outcome, Results


@dataclass(frozen=True)
class Predictions:
    """Answers of an arm: a row a held-out case, N in all; the same case once for every split that held it out.

    y: int64 [N], 1 for HGG. p_hgg, threshold: float64 [N]. split: int64 [N], index of the outcome.
    ids, patients, hospitals: str [N].
    """

    ids: np.ndarray
    y: np.ndarray
    p_hgg: np.ndarray
    threshold: np.ndarray
    split: np.ndarray
    patients: np.ndarray
    hospitals: np.ndarray

    def __len__(self) -> int:
        return len(self.ids)

    def at(self, rows: np.ndarray) -> Predictions:
        """Select rows: bool [N], or indices."""
        return Predictions(*(getattr(self, field.name)[rows] for field in fields(self)))

    @property
    def called_hgg(self) -> np.ndarray:
        """Cases graded HGG at the threshold of their split, bool [N]."""
        return self.p_hgg >= self.threshold


def outcomes_of(results: Results, model: str, scheme: str) -> list[Outcome]:
    """Return the outcomes in which at least one case was graded."""
    return [row for row in results.outcomes if (row.model, row.scheme) == (model, scheme) and row.cases]


def by_repeat(outcomes: Sequence[Outcome]) -> list[list[Outcome]]:
    repeats = sorted({row.repeat for row in outcomes})
    return [[row for row in outcomes if row.repeat == repeat] for repeat in repeats]


def answers(results: Results, outcomes: Sequence[Outcome]) -> Predictions:
    """The answers of one arm or more splits of it, one after another."""
    known = {row.id: row for row in results.cases}
    rows = [known[case] for outcome in outcomes for case in outcome.cases]
    sizes = [len(outcome.cases) for outcome in outcomes]
    return Predictions(
        ids=np.array([row.id for row in rows], str),
        y=np.array([row.grade == "HGG" for row in rows], np.int64),
        p_hgg=np.array([p for outcome in outcomes for p in outcome.p_hgg], float),
        threshold=np.repeat([outcome.threshold for outcome in outcomes], sizes),
        split=np.repeat(np.arange(len(outcomes)), sizes),
        patients=np.array([row.patient for row in rows], str),
        hospitals=np.array([row.hospital for row in rows], str),
    )
