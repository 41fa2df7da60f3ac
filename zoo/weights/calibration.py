"""Calibration: from a model's margin to a probability, for each subset of modalities that it was fitted for."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zoo.types import ONE_HALF


@dataclass(frozen=True)
class Calibration:
    """Platt scaling: p_hgg = sigmoid(slope · margin + intercept), margin = logit(HGG) − logit(LGG).

    fitted_on: on what data. prevalence: the share of HGG among these, for which p_hgg holds.
    """

    slope: float = 1.0
    intercept: float = 0.0
    fitted_on: str = ""
    prevalence: float = ONE_HALF

    def log_odds(self, margin: Any) -> Any:
        """The calibrated log-odds of HGG; of a number, an array or a tensor."""
        return self.slope * margin + self.intercept

    @property
    def description(self) -> str:
        return f"calibrated on {self.fitted_on}" if self.fitted_on else "uncalibrated"


def probability(log_odds: float) -> float:
    """The probability of log-odds, however large."""
    return 0.5 * (1 + math.tanh(log_odds / 2))


def subset_name(modalities: Sequence[str]) -> str:
    """Name a subset of modalities as weights files do: "t1ce+flair"."""
    return "+".join(modalities)


def calibration_for(
    modalities: Sequence[str], complete: Calibration, subsets: Mapping[str, Calibration]
) -> tuple[Calibration, str]:
    """Choose the calibration for studies with these modalities: their own where one was fitted, else that of complete
    ones; and the name of the subset that it was fitted to, "" for complete studies.

    modalities: those that the model uses and the study has, in the model's order. subsets: by `subset_name`.
    """
    name = subset_name(modalities)
    return (subsets[name], name) if name in subsets else (complete, "")
