"""`make bench`: prints how long each step takes in an earlier commit and now, on this machine; asserts nothing."""

from __future__ import annotations

import os
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from bench.steps import STEPS, Step
from bench.studies import write_studies
from bench.table import HEADER, rows
from bench.turns import take_turns
from bench.versions import beside

BEFORE = "58976b2"  # the last commit before speed was asked for
PRESETS, TRAINING = "presets", "training"
NAMES = [*(step.name for step in STEPS), PRESETS, TRAINING]


def main(
    steps: Annotated[list[str] | None, typer.Argument(help=f"All, or some of: {', '.join(NAMES)}.")] = None,
    before: Annotated[str, typer.Option(help="The commit to compare with.")] = BEFORE,
) -> None:
    """Print the table step by step, then what presets and training take now."""
    chosen = steps or NAMES
    if unknown := set(chosen) - set(NAMES):
        raise typer.BadParameter(f"no step is called {', '.join(sorted(unknown))}; there are: {', '.join(NAMES)}.")
    if measured := [step for step in STEPS if step.name in chosen]:
        _print_table(measured, before)
    _print_the_rest(chosen)


def _print_table(steps: list[Step], before: str) -> None:
    with tempfile.TemporaryDirectory() as name, beside(before, Path(name)) as versions:
        studies, kind = write_studies(Path(name) / "studies")
        print(f"{kind}; {os.cpu_count()} cores, torch {version('torch')}; before: {before}; medians of rounds\n")
        print(HEADER, flush=True)
        for step in steps:
            for row in rows(step, take_turns(step, versions, studies)):
                print(row, flush=True)


def _print_the_rest(chosen: list[str]) -> None:
    """Here, since they load torch and MONAI."""
    if PRESETS in chosen:
        from bench_presets import bench_presets

        bench_presets()
    if TRAINING in chosen:
        from bench_training import bench_training

        bench_training()


if __name__ == "__main__":
    typer.run(main)
