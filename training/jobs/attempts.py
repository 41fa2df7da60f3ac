"""One task tried, wherever it runs: what it returned, or what went wrong, and what it took."""

from __future__ import annotations

import pickle
import resource
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zoo.errors import ZooError

from .process_pool import at_most

TOLD, WORTH_TELLING_SECONDS = 3, 10.0
"""How many failures are told as they come; how long the slowest task takes where it is told what one needs."""


@dataclass(frozen=True)
class Attempt:
    """What came of a task: a value or an error; seconds, and GiB of memory that its process held at the most."""

    value: Any = None
    error: Exception | None = None
    seconds: float = 0.0
    peak_gib: float = 0.0


@dataclass(frozen=True)
class Attempting:
    """A function whose errors are handed back as values: pools, Ray and Slurm would each change them otherwise.

    shared: a folder that must be seen where the task runs, or None where that is this machine.
    """

    function: Callable[[Any], Any]
    shared: Path | None = None

    def __call__(self, task: Any) -> Attempt:
        began = time.perf_counter()
        try:
            self._expect_shared()
            with nullcontext() if self.shared is None else at_most(1):
                value, error = self.function(task), None
        except Exception as raised:
            value, error = None, _portable(raised)
        return Attempt(value, error, time.perf_counter() - began, _peak_gib())

    def _expect_shared(self) -> None:
        if self.shared is not None and not self.shared.is_dir():
            raise ZooError(
                f"{self.shared}: expected a folder that every worker sees, found none there: work and cohort have to "
                "lie on a disk that all machines share under one path. Give such a folder with --run-dir."
            )


def results(attempts: Iterable[Attempt], tasks: Sequence[Any]) -> Iterator[Any]:
    """Yield what tasks returned, in order. Where some fail they are named, the others are done first, and then the
    first one's error is raised."""
    failed: list[Exception] = []
    done: list[Attempt] = []
    for task, attempt in zip(tasks, attempts, strict=True):
        done.append(attempt)
        if attempt.error is None and not failed:
            yield attempt.value
        elif attempt.error is not None:
            failed.append(attempt.error)
            if len(failed) <= TOLD and len(tasks) > 1:
                print(f"failed: {name_of(task)}: {attempt.error}", file=sys.stderr)
    if max((one.seconds for one in done), default=0.0) >= WORTH_TELLING_SECONDS:
        print(needs(done), file=sys.stderr)
    if failed:
        if len(tasks) > 1:
            print(_what_is_left(len(failed), len(tasks)), file=sys.stderr)
        raise failed[0]


def needs(done: Sequence[Attempt]) -> str:
    """Say what one task needs: for whoever asks a cluster for memory and time."""
    minutes, memory = max(one.seconds for one in done) / 60, max(one.peak_gib for one in done)
    return f"{len(done)} tasks: at most {minutes:.1f} minutes and {memory:.1f} GiB for one"


def name_of(task: Any) -> str:
    """Name a task for people: tasks have names, models ids."""
    return str(getattr(task, "name", getattr(task, "id", task)))


def _what_is_left(failed: int, tasks: int) -> str:
    return f"{failed} of {tasks} tasks failed. What the others found is kept: repeat the command to go on."


def _portable(error: Exception) -> Exception:
    """The error with its traceback as a note, or one of the same words where it can't be sent to another process."""
    if not isinstance(error, ZooError):
        error.add_note("".join(traceback.format_exception(error)))
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


def _peak_gib() -> float:
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "darwin" else 1)
    return kilobytes / 2**20
