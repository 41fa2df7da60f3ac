"""The folder that a reviewer reads: tables and plots of one evaluation."""

from __future__ import annotations

from pathlib import Path

from ..evaluation.results import Results
from .result_plots import plot_auc_against_gflops, plot_reliability, plot_roc
from .result_tables import to_markdown
from .shift import plot_shift
from .summary import summarise
from .tidy import to_csv

TABLES = {"table.md": to_markdown, "table.csv": to_csv}
PLOTS = {
    "roc": plot_roc,
    "reliability": plot_reliability,
    "auc-against-gflops": plot_auc_against_gflops,
    "shift": plot_shift,
}


def write_report(results: Results, folder: Path, draws: int = 500) -> list[Path]:
    """Write table.md, table.csv and, as PNG and SVG, every plot that there is something for; return their paths.

    draws: bootstrap samples, as in `summarise`.
    """
    summary = summarise(results, draws)
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in TABLES.items():
        (folder / name).write_text(table(results, summary), encoding="utf-8")
    drawn = [
        plot(results, summary, folder / f"{name}.{suffix}") for name, plot in PLOTS.items() for suffix in ("png", "svg")
    ]
    return [folder / name for name in TABLES] + [path for path in drawn if path]
