"""A grade at a clinic's prevalence, the share of HGG among its patients: re-expressed from its log-odds alone.

Where both grades look as they did when a model was calibrated, and only their shares differ, the log-odds move by the
difference of the prevalences' own (Saerens, Latinne & Decaestecker 2002, Neural Computation 14:21; for medical images
Godau et al. 2025, Medical Image Analysis 102:103504). The threshold moves along: who is called HGG stays, and with it
sensitivity and specificity.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from numbers import Real
from typing import Any

from zoo.errors import ZooError
from zoo.types import Grade, ModelResult
from zoo.weights.calibration import probability

PERCENT = 100


def expect_prevalence(value: Any) -> float | None:
    """Return a share of HGG above 0 and below 1, given as a number or as text, or None where it is None or empty text.

    Raises `ZooError` for anything else.
    """
    if value is None or value == "":
        return None
    number = _number(value)
    if 0 < number < 1:
        return number
    instead = f"Write {number:g} % as {number / PERCENT:g}" if 1 < number < PERCENT else "Correct it"
    raise ZooError(
        "Prevalence: expected the share of HGG among the patients, above 0 and below 1, such as 0.75; found "
        f"{value!r}. {instead}, or leave it out for one half."
    )


def _number(value: Any) -> float:
    try:
        return float(value) if isinstance(value, Real | str) and not isinstance(value, bool) else math.nan
    except ValueError:
        return math.nan


def at_prevalence(grade: Grade, prevalence: float | None) -> Grade:
    """Express a grade at another share of HGG, above 0 and below 1; as it is where that is its own, or None.

    p_hgg, logit and threshold move; the grade, and what was measured, stay.
    """
    if prevalence is None or prevalence == grade.prevalence:
        return grade
    shift = _log_odds(prevalence) - _log_odds(grade.prevalence)
    logit, threshold = grade.logit + shift, _shifted(grade.threshold, shift)
    return replace(grade, p_hgg=probability(logit), logit=logit, threshold=threshold, prevalence=prevalence)


def results_at_prevalence(results: Iterable[ModelResult], prevalence: float | None) -> tuple[ModelResult, ...]:
    """Express the grades among several models' results at another share of HGG."""
    return tuple(
        replace(result, grade=at_prevalence(result.grade, prevalence)) if result.grade else result for result in results
    )


def predictive_values(
    sensitivity: float | None, specificity: float | None, prevalence: float
) -> tuple[float | None, float | None]:
    """PPV and NPV, 0 to 1: how many of those called HGG, and called LGG, are (Bayes' rule; Altman & Bland 1994).

    None where sensitivity or specificity is, or where none is called so.
    """
    if sensitivity is None or specificity is None:
        return None, None
    hgg, lgg = prevalence, 1 - prevalence
    return (
        _share(sensitivity * hgg, (1 - specificity) * lgg),
        _share(specificity * lgg, (1 - sensitivity) * hgg),
    )


def _share(right: float, wrong: float) -> float | None:
    return right / (right + wrong) if right + wrong else None


def _log_odds(share: float) -> float:
    return math.log(share) - math.log1p(-share)


def _shifted(threshold: float, shift: float) -> float:
    """A probability whose log-odds are shifted; 0 and 1 stay."""
    return probability(_log_odds(threshold) + shift) if 0 < threshold < 1 else threshold
