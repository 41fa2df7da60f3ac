"""`python -m training report`: tables and plots of a results file, which `evaluate` and `ablate` show as well."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ..evaluation.results import Results


def report(
    results: Annotated[Path, typer.Argument(help="Results file, as evaluate and ablate write it.")],
    out: Annotated[
        Path | None, typer.Option(help="Folder; the results file's name without .json if not given.")
    ] = None,
) -> None:
    """Draw tables and plots anew from a results file, without training or grading again."""
    from ..evaluation.results import load_results

    show_report(load_results(results), out or results.with_suffix(""))


def save_and_show(results: Results, out: Path) -> None:
    """Write the results file `out`, then its report beside it."""
    from ..evaluation.results import save_results

    save_results(out, results)
    show_report(results, out.with_suffix(""))


def show_report(results: Results, folder: Path) -> None:
    """Write the report and print its table."""
    from ..report.write import write_report

    table, *others = write_report(results, folder)
    typer.echo(table.read_text(encoding="utf-8"))
    typer.echo(f"{folder}: {', '.join(path.name for path in (table, *others))}")
