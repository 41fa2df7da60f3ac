"""Options that several commands share, as Typer reads them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zoo.checkout import CHECKOUT

CohortPath = Annotated[
    Path, typer.Option("--cohort", help="BraTS folder, simulated cohort, folder with labels.csv, or manifest CSV.")
]
Epochs = Annotated[int, typer.Option(help="At the most, over all phases together.", min=1)]
BatchSize = Annotated[int, typer.Option(help="Studies in a step, over all processes.", min=1)]
Pieces = Annotated[int, typer.Option(help="Pieces of a process's share of a step: less memory, same result.", min=1)]
Precision = Annotated[str, typer.Option(help="auto, no, bf16 or fp16.")]
Seed = Annotated[int, typer.Option(help="Of the splits, the start and the order.")]
RunDir = Annotated[Path, typer.Option(help="Keeps prepared cohorts, checkpoints and weights.")]
Tracking = Annotated[bool, typer.Option(help="Show trainings in Trackio's local dashboard.")]
Out = Annotated[Path, typer.Option(help="Results file; tables and plots go into a folder of its name.")]
Models = Annotated[list[str] | None, typer.Option("--model", help="Model id, repeatable; all if none.")]
Folds = Annotated[int, typer.Option(help="Of the cross-validation.", min=2)]
Repeats = Annotated[int, typer.Option(help="Of the cross-validation, each with other folds.", min=1)]


def in_checkout(path: str) -> Path | None:
    """Default for what replaces a part of the zoo; none where the zoo is installed, which nobody means to change."""
    return CHECKOUT / path if CHECKOUT else None


def expect_path(path: Path | None, option: str) -> Path:
    """The path, or an error that names the option which has to give it."""
    if path is None:
        raise typer.BadParameter("this zoo is installed, and no checkout to write into: say where.", param_hint=option)
    return path
