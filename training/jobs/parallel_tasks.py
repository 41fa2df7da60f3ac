"""Independent pieces of work, each done once: what an earlier call finished is read from disk."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from tqdm import tqdm

from .device import best_device
from .files import claimed, write_json
from .process_pool import one_thread_each

Execute = Callable[[Callable[["Task"], Any], Sequence["Task"]], Iterable[Any]]
"""Calls a function on every task, in order, like `map`. A pool's or a cluster engine's `map` will do: tasks and what
they return can be pickled, and they share nothing but the file system."""


class Task(Protocol):
    """A piece of work.

    name: unique among all tasks that share a folder; a path below it. run: returns JSON values.
    """

    @property
    def name(self) -> str: ...

    def run(self) -> Any: ...


@contextmanager
def side_by_side(processes: int | None = None) -> Iterator[Callable[..., Iterable[Any]]]:
    """A `map` over so many processes with one thread each; over nothing, on all cores, where it is one.

    processes: if None as many as there are cores, or one where a GPU does the work.
    """
    if processes == 1 or (processes is None and best_device().type == "cuda"):
        yield map
        return
    with one_thread_each(processes) as pool:
        yield pool.map


def run_tasks(tasks: Sequence[Task], folder: Path, execute: Execute = map, doing: str = "") -> list[Any]:
    """Run every task and return their results, in order; each is kept in `folder` as soon as it is there.

    doing: what a bar on standard error calls it, which moves as results come; no bar without it.
    """
    found = execute(partial(_done, folder=folder), tasks)
    return list(tqdm(found, doing, len(tasks), unit="study", disable=not doing))


def answers_in(folder: Path, name: str) -> Path:
    """Where the result of a task by this name is kept."""
    return folder / f"{name}.json"


def _done(task: Task, folder: Path) -> Any:
    path = answers_in(folder, task.name)
    if not path.is_file():
        with claimed(path):
            if not path.is_file():  # another process may have made it meanwhile
                write_json(path, task.run())
    return json.loads(path.read_text(encoding="utf-8"))
