"""Options that several commands share, as Typer reads them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_type_hints

import typer

from zoo.checkout import CHECKOUT

from ..options import FitOptions

if TYPE_CHECKING:
    from ..jobs.engine import Engine

CohortPath = Annotated[
    Path, typer.Option("--cohort", help="BraTS folder, simulated cohort, folder with labels.csv, or manifest CSV.")
]
Epochs = Annotated[int, typer.Option(help="At the most, over all phases together.", min=1)]
BatchSize = Annotated[int, typer.Option(help="Studies in a step, over all processes.", min=1)]
Pieces = Annotated[int, typer.Option(help="Pieces of a process's share of a step: less memory, same result.", min=1)]
Precision = Annotated[Literal["auto", "no", "bf16", "fp16"], typer.Option(help="Of the arithmetic.")]
Seed = Annotated[int, typer.Option(help="Of the splits, the start and the order.", min=0)]
RunDir = Annotated[Path, typer.Option(help="Keeps prepared cohorts, checkpoints and weights.", resolve_path=True)]
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
Gpus = Annotated[str, typer.Option(help="Devices by number, as 0,1: one training on each.", metavar="0,1…")]
EngineName = Annotated[
    str, typer.Option(help='Where: "here", "ray", or "slurm".', metavar="here|ray[://HOST:PORT]|slurm")
]
SlurmJob = Annotated[
    list[str] | None,
    typer.Option(help="What Slurm is asked for, repeatable: partition=gpu, time=240 (min), mem=16 (GiB), account=…"),
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
    """Options of every command that trains models on a cohort; see `with_option_groups`."""

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


@dataclass(frozen=True)
class EngineOptions:
    """Options of every command whose work can be done elsewhere."""

    processes: Processes = None
    gpus: Gpus = ""
    engine: EngineName = "here"
    slurm: SlurmJob = None

    @property
    def chosen(self) -> Engine:
        """The engine that is asked for. Raises `ZooError` for what doesn't go together."""
        from ..jobs.engine import Engine

        return Engine(self.engine, self.processes, tuple(filter(None, self.gpus.split(","))), _pairs(self.slurm or []))


def _pairs(words: list[str]) -> dict[str, str]:
    for word in words:
        if "=" not in word:
            raise typer.BadParameter(
                f"expected KEY=VALUE, such as partition=gpu; found {word!r}.", param_hint="--slurm"
            )
    return dict(word.split("=", 1) for word in words)


def with_option_groups(command: Callable[..., None]) -> Callable[..., None]:
    """Let Typer read the fields of a command's `TrainingOptions` and `EngineOptions` as options, after its own."""
    own = inspect.signature(command, eval_str=True).parameters.values()
    groups = {one.name: one.annotation for one in own if one.annotation in (TrainingOptions, EngineOptions)}
    keyword = inspect.Parameter.KEYWORD_ONLY
    parameters = [one.replace(kind=keyword) for one in own if one.name not in groups]
    for group in groups.values():
        hints = get_type_hints(group, include_extras=True)
        parameters += [
            inspect.Parameter(one.name, keyword, default=one.default, annotation=hints[one.name])
            for one in fields(group)
        ]

    @wraps(command)
    def spread(**values: Any) -> None:
        grouped = {
            name: group(**{one.name: values.pop(one.name, one.default) for one in fields(group)})
            for name, group in groups.items()
        }
        command(**values, **grouped)

    spread.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    spread.__annotations__ = {one.name: one.annotation for one in parameters}
    return spread
