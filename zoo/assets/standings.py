"""What the tab shows of each model, wherever its figures come from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Estimate:
    """A figure with the bounds of its 95 % interval, where they are known."""

    value: float
    low: float | None = None
    high: float | None = None

    def __str__(self) -> str:
        bounds = "" if self.low is None else f" [{self.low:.3f}, {self.high:.3f}]"
        return f"{self.value:.3f}{bounds}"


@dataclass(frozen=True, eq=False)  # Gradio hashes what a visitor's session holds, and arrays have no hash
class Standing:
    """One model, and what it answered.

    gflops, seconds: of one study; seconds, other and whatever can't be told are None.
    auc, brier, ece: of y, int64 [N], 1 for HGG, and p_hgg, float64 [N]. auc is None where one grade has no case.
    other: the AUC on studies of another simulator.
    """

    id: str
    title: str
    family: str
    trained_on: str
    parameters: int | None
    gflops: float | None
    seconds: float | None
    auc: Estimate | None
    brier: float
    ece: float
    other: Estimate | None
    y: np.ndarray
    p_hgg: np.ndarray

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


def ranked(rows: Iterable[Standing]) -> tuple[Standing, ...]:
    """Sort rows by AUC, best first; those without one last."""
    return tuple(sorted(rows, key=lambda row: -row.auc.value if row.auc else 1.0))
