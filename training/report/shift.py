"""How arms bear what scanners and sites do to a study: AUC and calibration against the severity of a corruption."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from matplotlib.axes import Axes

from ..evaluation.results import FOLDS, HOSPITALS, WHOLE, Results
from .drawing import headed, panels, save, styles_of

NONE = "none"


class Shift(NamedTuple):
    """An arm that is another arm on corrupted studies."""

    model: str
    kind: str
    severity: str


def shift_of(name: str) -> Shift | None:
    """Parse an arm's name: "early-fusion · bias field 2" is early-fusion under a bias field of severity 2, or None."""
    model, dot, corruption = name.rpartition(" · ")
    kind, _, severity = corruption.rpartition(" ")
    return Shift(model, kind, severity) if dot and kind else None


def plot_shift(results: Results, summary: Mapping[str, Any], path: Path) -> Path | None:
    """Plot AUC (solid, with 95 % intervals) and ECE (dashed) against severity, a panel for each kind of corruption."""
    shifts = {row.name: shift for row in results.models if (shift := shift_of(row.name))}
    scheme = next((each for each in (FOLDS, WHOLE, HOSPITALS) if any(each in summary["arms"][n] for n in shifts)), None)
    if scheme is None:
        return None
    known = {row.name: row for row in results.models}
    models = {shift.model: replace(known[name], name=shift.model) for name, shift in shifts.items()}
    kinds = list(dict.fromkeys(shift.kind for shift in shifts.values()))
    figure, grid = panels(len(kinds), sharex=False)
    for axes, kind in zip(grid, kinds, strict=True):
        severities = [NONE, *dict.fromkeys(shift.severity for shift in shifts.values() if shift.kind == kind)]
        for model, style in styles_of(results, list(models.values())).items():
            names = [model, *(f"{model} · {kind} {severity}" for severity in severities[1:])]
            _line(axes, [summary["arms"].get(name, {}).get(scheme) for name in names], style["color"], model)
        axes.set(title=kind, xlabel="severity", xticks=range(len(severities)), xticklabels=severities, ylim=(0, 1.02))
    figure.supylabel("AUC (solid), expected calibration error (dashed)", fontsize=10)
    headed(figure, "Shift", results, scheme)
    figure.legend(*grid[0].get_legend_handles_labels(), loc="outside lower center", ncols=2, fontsize=8, frameon=False)
    return save(figure, path)


def _line(axes: Axes, figures: list[Mapping[str, Any] | None], colour: str, label: str) -> None:
    drawn = {at: found for at, found in enumerate(figures) if found and found["measures"]["auc"]["value"] is not None}
    x, aucs = list(drawn), [found["measures"]["auc"] for found in drawn.values()]
    axes.vlines(x, [auc["low"] for auc in aucs], [auc["high"] for auc in aucs], color=colour, linewidth=1)
    axes.plot(x, [auc["value"] for auc in aucs], "-o", color=colour, markersize=4, label=label)
    axes.plot(x, [found["pooled"]["ece"]["value"] for found in drawn.values()], "--s", color=colour, markersize=3)
