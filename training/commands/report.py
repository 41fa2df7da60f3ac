"""`python -m training report`: tables and plots of a results file, which `evaluate` and `ablate` show as well."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ..evaluation.region_results import RegionResults
    from ..evaluation.results import Results


def report(
    results: Annotated[Path, typer.Argument(help="Results file, as evaluate and ablate write it.")],
    out: Annotated[
        Path | None, typer.Option(help="Folder; the results file's name without .json if not given.")
    ] = None,
) -> None:
    """Draw tables and plots anew from a results file, without training or grading again."""
    from ..evaluation.region_results import holds_regions, load_region_results
    from ..evaluation.results import load_results

    folder = out or results.with_suffix("")
    if holds_regions(results):
        show_region_report(load_region_results(results), folder)
    else:
        show_report(load_results(results), folder)


def save_and_show(results: Results, out: Path) -> None:
    """Write the results file `out`, then its report beside it."""
    from ..evaluation.results import save_results

    save_results(out, results)
    show_report(results, out.with_suffix(""))


def save_and_show_regions(results: RegionResults, out: Path) -> None:
    """Write the file of an evaluation of regions, then its report beside it."""
    from ..evaluation.region_results import save_region_results

    save_region_results(out, results)
    show_region_report(results, out.with_suffix(""))


def show_report(results: Results, folder: Path) -> None:
    """Write the report of grades and print its table."""
    from ..report.write import write_report

    _show(write_report(results, folder), folder)


def show_region_report(results: RegionResults, folder: Path) -> None:
    """Write the report of regions and print its tables."""
    from ..report.region_tables import write_region_report

    _show(write_region_report(results, folder), folder)


def _show(written: Sequence[Path], folder: Path) -> None:
    table, *others = written
    typer.echo(table.read_text(encoding="utf-8"))
    typer.echo(f"{folder}: {', '.join(path.name for path in (table, *others))}")
