"""Two cohorts compared: realism.json with every figure, realism.md with the pictures."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..cohorts import Cohort, load_cohort
from ..jobs.files import write_json
from .classifier_two_sample import c2st_auc
from .intensities import compare_intensities
from .measure import Measured, measure
from .montage import draw_montages
from .realism_plots import plot_facts, plot_intensities
from .realism_tables import to_markdown
from .shapes import compare_facts
from .study import coarsest_spacing


def write_realism(real: Path, simulated: Path, out: Path, seed: int = 0) -> dict[str, Any]:
    """Compare the cohorts in two folders and fill `out`; returns what realism.json holds.

    Raises `CohortError` when either can't be read or has no mask at all.
    """
    cohorts = {"real": load_cohort(real), "simulated": load_cohort(simulated)}
    spacing_mm = coarsest_spacing([case for cohort in cohorts.values() for case in cohort.cases])
    measured = {kind: measure(cohort, spacing_mm, seed) for kind, cohort in cohorts.items()}
    figures = {
        "spacing_mm": spacing_mm,
        "cohorts": {kind: _about(cohorts[kind], measured[kind]) for kind in cohorts},
        **compare(measured["real"], measured["simulated"], seed),
    }
    out.mkdir(parents=True, exist_ok=True)
    pictures = _draw(measured["real"], measured["simulated"], figures, out)
    write_json(out / "realism.json", figures)
    (out / "realism.md").write_text(to_markdown(figures, [path.name for path in pictures]), encoding="utf-8")
    return figures


def compare(real: Measured, simulated: Measured, seed: int) -> dict[str, Any]:
    """Distances between all that was measured, and the AUC of telling the two apart."""
    is_real = [True] * len(real.patients) + [False] * len(simulated.patients)
    crops, patients = real.crops + simulated.crops, real.patients + simulated.patients
    return {
        "intensities": compare_intensities(real.samples, simulated.samples, seed),
        "shapes": compare_facts(real.shapes, simulated.shapes),
        "scans": compare_facts(real.scans, simulated.scans),
        "c2st_auc": c2st_auc(crops, is_real, patients, seed),
    }


def _about(cohort: Cohort, measured: Measured) -> dict[str, Any]:
    return {
        "cases": len(cohort.cases),
        "without_mask": measured.without_mask,
        "left_out": {one.case: one.reason for one in cohort.left_out},
    }


def _draw(real: Measured, simulated: Measured, figures: Mapping[str, Any], out: Path) -> list[Path]:
    return [
        *draw_montages(real.slices, simulated.slices[: len(real.slices)], out),
        plot_intensities(real.samples, simulated.samples, out / "intensities.png"),
        plot_facts(figures["shapes"], out / "shapes.png"),
        plot_facts(figures["scans"], out / "scans.png"),
    ]
