"""A visitor's own results file, as `python -m training evaluate --out` writes it: read with care."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from zoo.assets.leaderboard import Estimate, Figures
from zoo.assets.standings import Standing, Standings, ranked, with_places
from zoo.checkout import TRAINING
from zoo.errors import ZooError
from zoo.metrics import area_under, brier, expected_calibration_error, roc_curve
from zoo.types import GRADES

FORMAT = 1
SCHEMES = {"folds": "cross-validation, all folds together", "whole": "given weights on the whole cohort"}
MOST_BYTES = 20_000_000
MOST_MODELS = 200
MOST_LETTERS = 120

Row = Mapping[str, Any]


def read_own_results(path: Path) -> Standings:
    """`ZooError` where it is no such file, or too large."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ValueError(f"more than {MOST_BYTES // 1_000_000} MB")
        return _standings(_load(path))
    except OSError:
        raise ZooError(f"{path.name}: the file is gone. Load it again.") from None
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise ZooError(
            f"{path.name}: expected a results file of format {FORMAT}, as `{TRAINING} evaluate --out` writes it; "
            f"found {_described(error)}. Choose another file, or evaluate again."
        ) from error


def _load(path: Path) -> Row:
    results = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(results, dict) or "outcomes" not in results:
        raise ValueError("JSON without outcomes")
    if results["format"] != FORMAT:
        raise ValueError(f"format {_text(results['format'])}")
    if len(results["models"]) > MOST_MODELS:
        raise ValueError(f"more than {MOST_MODELS} models")
    return results


def _described(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError | UnicodeDecodeError):
        return "no JSON"
    if isinstance(error, KeyError):
        return f"no entry for {_text(error.args[0])!r}"
    return _text(error) if isinstance(error, ValueError) else "other values than such a file holds"


def _standings(results: Row) -> Standings:
    y_of = {case["id"]: _y(case["grade"]) for case in results["cases"]}
    scheme = _scheme(results["outcomes"])
    outcomes = [outcome for outcome in results["outcomes"] if outcome["scheme"] == scheme]
    models = {row["name"]: row for row in results["models"]}
    rows = ranked(_rows(models, outcomes, y_of))
    patients = [case.get("patient") or case["id"] for case in results["cases"]]
    alone = len(set(map(_text, patients))) == len(patients)
    return Standings(tuple(_about(results, scheme)), with_places(rows) if alone else rows)


def _y(grade: Any) -> int:
    if grade not in GRADES:
        raise ValueError(f"the grade {_text(grade)!r}")
    return GRADES.index(grade)


def _scheme(outcomes: Iterable[Row]) -> str:
    held = {outcome["scheme"] for outcome in outcomes if outcome["cases"]}
    for scheme in SCHEMES:
        if scheme in held:
            return scheme
    raise ValueError("neither cross-validation nor a whole cohort that was graded")


def _about(results: Row, scheme: str) -> Iterator[str]:
    cohort = results["cohort"]
    yield f"Your own results: cohort {_text(cohort['name'])}, {len(results['cases'])} cases, {SCHEMES[scheme]}."
    if cohort["simulated"]:
        yield "These are simulated studies: the figures say nothing about patients."
    yield f"Intervals are not worked out here: `{TRAINING} report FILE` prints them."


def _rows(models: Mapping[str, Row], outcomes: Iterable[Row], y_of: Mapping[str, int]) -> Iterator[Standing]:
    answers: dict[str, list[tuple[int, float]]] = {name: [] for name in models}
    for outcome in outcomes:
        if len(outcome["cases"]) != len(outcome["p_hgg"]):
            raise ValueError("more cases than probabilities, or fewer")
        answered = zip(outcome["cases"], outcome["p_hgg"], strict=True)
        answers[outcome["model"]] += [(y_of[case], float(p_hgg)) for case, p_hgg in answered]
    for name, pairs in answers.items():
        if pairs:
            y, p_hgg = (np.array(column) for column in zip(*pairs, strict=True))
            yield _standing(models[name], y, p_hgg)


def _standing(row: Row, y: np.ndarray, p_hgg: np.ndarray) -> Standing:
    if not np.all((p_hgg >= 0) & (p_hgg <= 1)):  # which no NaN is
        raise ValueError("a probability that is not between 0 and 1")
    both = 0 < y.sum() < len(y)
    gflops = _number(row["gflops"])
    parameters = _number(row["parameters"])
    return Standing(
        id=_text(row["name"]),
        title=_text(row["title"]),
        family=_text(row["family"]),
        trained_on=_text(row["trained_on"] or "the other folds"),
        parameters=None if parameters is None else round(parameters),
        gflops=gflops,
        uses=(),
        seconds=None,
        weights="",
        held_out=Figures(
            auc=Estimate(area_under(roc_curve(y, p_hgg))) if both else None,
            brier=Estimate(brier(y, p_hgg)),
            ece=Estimate(expected_calibration_error(y, p_hgg)),
            p_hgg=tuple(p_hgg.tolist()),
        ),
        y=y,
    )


def _number(value: Any) -> float | None:
    """JSON as Python reads it knows NaN and Infinity."""
    if value is not None and not 0 <= float(value) < math.inf:
        raise ValueError(f"the size {_text(value)}")
    return None if value is None else float(value)


def _text(value: Any) -> str:
    return str(value)[:MOST_LETTERS]
