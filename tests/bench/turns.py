"""Rounds in which the versions take turns, so that a busy machine slows both."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from tqdm import tqdm

from bench.steps import Step
from bench.versions import StepError, StepProcess

Figures = dict[str, list[list[float]]]
"""By version, one list a round of one figure a row; nothing of a version that failed."""


def take_turns(step: Step, versions: Mapping[str, Path], studies: Sequence[Path]) -> Figures:
    """Measure a step in each version, one after the other in each round; who fails is told on stderr and left out.

    versions: name to root. studies: folders, of which each round has its own.
    """
    rounds = studies[: step.rounds + step.warm_up]
    figures: Figures = {name: [] for name in versions}
    with (
        ExitStack() as stack,
        tqdm(total=len(rounds) * len(versions), desc=step.name, leave=False, disable=None) as bar,
    ):
        processes = {name: stack.enter_context(StepProcess(root, step.task)) for name, root in versions.items()}
        for study in rounds:
            for name in list(figures):
                try:
                    figures[name].append(processes[name].figures(study))
                except StepError as error:
                    del figures[name]
                    tqdm.write(f"{step.name}, {name}: {error}", file=sys.stderr)
                bar.update()
    return {name: measured[step.warm_up :] for name, measured in figures.items()}
