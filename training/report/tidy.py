"""All figures as one tidy CSV: a row for each arm, scheme and measure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

from ..evaluation.results import Results

HEADER = ("model", "scheme", "measure", "value", "sd", "low", "high")
PLAIN = ("cases", "share_hgg", "called_hgg", "train_gap")

Figures = Mapping[str, Any]


def to_csv(results: Results, summary: Figures) -> str:
    """Write columns model, scheme, measure, value, sd, low, high; what is not known is empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    for row in results.models:
        for name in ("parameters", "gflops"):
            writer.writerow(_line(row.name, "", name, getattr(row, name)))
        for scheme, figures in summary["arms"][row.name].items():
            compared = summary["comparisons"].get(scheme, {}).get("arms", {}).get(row.name, {})
            writer.writerows(
                _line(row.name, scheme, *measure) for measure in (*_measures(figures), *_compared(compared))
            )
    return text.getvalue()


def _line(model: str, scheme: str, measure: str, value: float | Figures | None) -> list[str]:
    figure = value if isinstance(value, Mapping) else {"value": value}
    numbers = [figure.get(name) for name in ("value", "sd", "low", "high")]
    return [model, scheme, measure, *("" if found is None else f"{found:.6g}" for found in numbers)]


def _measures(figures: Figures) -> Iterator[tuple[str, Any]]:
    yield from figures["measures"].items()
    yield from ((f"pooled_{name}", figure) for name, figure in figures["pooled"].items())
    yield from ((name, figures[name]) for name in PLAIN)
    for where in ("within_hospital", "within_hospital_without_2013"):
        yield from ((f"{where}_{name}", value) for name, value in figures[where].items())
    for name, row in figures.get("hospitals", {}).items():
        yield f"auc_in_{name}", {**row, "value": row["auc"]}
    for grade, probe in (figures["site_probe"] or {}).items():
        yield from ((f"site_probe_{grade}_{name}", value) for name, value in (probe or {}).items())


def _compared(compared: Figures) -> Iterator[tuple[str, Any]]:
    if compared:
        yield "difference_from_headline", {**compared, "value": compared["difference"]}
        yield from ((f"{name}_of_difference", compared[name]) for name in ("p", "p_holm"))
