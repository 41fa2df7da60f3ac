"""Options that several commands share, as Typer reads them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, Literal, get_type_hints

import typer

from zoo.checkout import CHECKOUT

from ..options import FitOptions

CohortPath = Annotated[
    Path, typer.Option("--cohort", help="BraTS folder, simulated cohort, folder with labels.csv, or manifest CSV.")
]
Epochs = Annotated[int, typer.Option(help="At the most, over all phases together.", min=1)]
BatchSize = Annotated[int, typer.Option(help="Studies in a step, over all processes.", min=1)]
Pieces = Annotated[int, typer.Option(help="Pieces of a process's share of a step: less memory, same result.", min=1)]
Precision = Annotated[Literal["auto", "no", "bf16", "fp16"], typer.Option(help="Of the arithmetic.")]
Seed = Annotated[int, typer.Option(help="Of the splits, the start and the order.", min=0)]
RunDir = Annotated[Path, typer.Option(help="Keeps prepared cohorts, checkpoints and weights.")]
Tracking = Annotated[bool, typer.Option(help="Show trainings in Trackio's local dashboard.")]
Out = Annotated[Path, typer.Option(help="Results file; tables and plots go into a folder of its name.")]
Models = Annotated[list[str] | None, typer.Option("--model", help="Model id, repeatable; all if none.")]
Folds = Annotated[int, typer.Option(help="Of the cross-validation.", min=2)]
Processes = Annotated[
    int | None,
    typer.Option(
        help="Side by side, with a thread each: trainings, or studies that are graded; 1: one after another, on all "
        "cores. If none, as many as there are cores, or one where a GPU does the work.",
        min=1,
    ),
]
Repeats = Annotated[int, typer.Option(help="Of the cross-validation, each with other folds.", min=1)]


def in_checkout(path: str) -> Path | None:
    """Default for what replaces a part of the zoo; none where the zoo is installed, which nobody means to change."""
    return CHECKOUT / path if CHECKOUT else None


def expect_path(path: Path | None, option: str) -> Path:
    """The path, or an error that names the option which has to give it."""
    if path is None:
        raise typer.BadParameter("this zoo is installed, and no checkout to write into: say where.", param_hint=option)
    return path


@dataclass(frozen=True)
class TrainingOptions:
    """Options of every command that trains models on a cohort; see `with_training_options`."""

    epochs: Epochs = 12
    batch_size: BatchSize = 4
    accumulate: Pieces = 1
    precision: Precision = "auto"
    seed: Seed = 0
    run_dir: RunDir = Path("runs")
    tracking: Tracking = True

    @property
    def fit(self) -> FitOptions:
        """What training itself reads of them."""
        return FitOptions(
            self.epochs,
            batch_size=self.batch_size,
            accumulate=self.accumulate,
            precision=self.precision,
            seed=self.seed,
        )


def with_training_options(command: Callable[..., None]) -> Callable[..., None]:
    """Let Typer read the fields of a command's `training: TrainingOptions` as options, after the command's own."""
    hints = get_type_hints(TrainingOptions, include_extras=True)
    keyword = inspect.Parameter.KEYWORD_ONLY
    own = inspect.signature(command, eval_str=True).parameters.values()
    parameters = [one.replace(kind=keyword) for one in own if one.annotation is not TrainingOptions]
    parameters += [
        inspect.Parameter(one.name, keyword, default=one.default, annotation=hints[one.name])
        for one in fields(TrainingOptions)
    ]

    @wraps(command)
    def spread(**values: Any) -> None:
        training = TrainingOptions(**{name: values.pop(name) for name in hints})
        command(**values, training=training)

    spread.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    spread.__annotations__ = {one.name: one.annotation for one in parameters}
    return spread
