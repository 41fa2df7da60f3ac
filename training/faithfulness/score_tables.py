"""The results file in Markdown: explainers × models, and what they are measured against."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from ..report.markdown import estimate, number, prose, table
from ..statistics.intervals import percentile_interval
from .curves import gain, normalised

Row = Mapping[str, Any]

SCORES = (
    "model", "explainer", "deletion", "insertion", "infidelity", "sensitivity", "random weights", "inside ÷ outside",
    "share inside", "pointing game",
)  # fmt: skip
CONTROLS = ("model", "study − twin", "deletion: lesion", "random", "insertion: lesion", "random")
DRAWS = 1000


def to_markdown(results: Row) -> str:
    """Write both tables, and which explainers give no map of which model."""
    parts = [scores_table(results), controls_table(results), refusals(results)]
    return "\n\n".join(filter(None, parts)) + "\n"


def scores_table(results: Row) -> str:
    """Tabulate each explainer of each model: curves on the scale from chance to lesion, and means over the studies.

    Inside ÷ outside, which a study without anything outside would spoil, is given by its median.
    """
    return table(SCORES, [row for name, model in results["models"].items() for row in _explainers(name, model)], left=2)


def _explainers(name: str, model: Row) -> Iterator[list[str]]:
    for explainer, rows in model["explainers"].items():
        yield [
            f"`{name}`",
            f"`{explainer}`",
            *(_normalised(model["controls"], rows, curve) for curve in ("deletion", "insertion")),
            *(number(_over_studies(rows, key, np.mean), 2) for key in ("infidelity", "sensitivity", "random_weights")),
            number(_over_studies(rows, "ratio", np.median), 1),
            number(_over_studies(rows, "share", np.mean), 2),
            f"{sum(row['hit'] for row in rows):.0f} of {len(rows)}",
        ]


def _normalised(controls: Sequence[Row], rows: Sequence[Row], curve: str) -> str:
    """Scale a curve, with the middle 95 % over bootstrap samples of studies whose lesions are better than chance."""
    known = ([control[name] for control in controls] for name in ("random", "lesion"))
    gains = np.array([_gains(controls, found, curve) for found in (rows, *known)])
    drawn = np.random.default_rng(0).integers(len(rows), size=(DRAWS, len(rows)))
    interval = percentile_interval([normalised(*gains[:, sample]) for sample in drawn])
    low, high = (interval.low, interval.high) if interval else (None, None)
    return estimate({"value": normalised(*gains), "low": low, "high": high}, 2)


def _gains(controls: Sequence[Row], rows: Sequence[Row], curve: str) -> list[float]:
    """Gains of each study, in logits."""
    ends = ("study", "twin") if curve == "deletion" else ("twin", "study")
    return [gain(row[curve], *(control[end] for end in ends)) for control, row in zip(controls, rows, strict=True)]


def _over_studies(rows: Sequence[Row], key: str, mean: Any) -> float | None:
    known = [row[key] for row in rows if row[key] is not None]
    return float(mean(known)) if known else None


def controls_table(results: Row) -> str:
    """Tabulate means in logits: how far apart study and twin are, and what lesion and chance gain of it."""
    return table(CONTROLS, [_controls(name, model["controls"]) for name, model in results["models"].items()])


def _controls(name: str, controls: Sequence[Row]) -> list[str]:
    apart = np.mean([abs(control["study"] - control["twin"]) for control in controls])
    gains = [
        np.mean(_gains(controls, [control[known] for control in controls], curve))
        for curve in ("deletion", "insertion")
        for known in ("lesion", "random")
    ]
    return [f"`{name}`", *(number(float(value), 2) for value in (apart, *gains))]


def refusals(results: Row) -> str:
    """Which explainers give no map of which model, in a sentence; empty where all do."""
    by_model = {name: model["refused"] for name, model in results["models"].items() if model["refused"]}
    told = "; ".join(f"`{name}`: {', '.join(f'`{one}`' for one in refused)}" for name, refused in by_model.items())
    return prose(f"No map, since there is nothing of the kind to read: {told}.") if told else ""
