"""Independent pieces of work, each done once: what an earlier call finished is read from disk."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Protocol

Execute = Callable[[Callable[["Task"], Any], Sequence["Task"]], Iterable[Any]]
"""Calls a function on every task, in order, like `map`. A pool's or a cluster engine's `map` will do: tasks and what
they return can be pickled, and they share nothing but the file system."""


class Task(Protocol):
    """name: unique among all tasks that share a folder; a path below it. run: returns JSON values."""

    @property
    def name(self) -> str: ...

    def run(self) -> Any: ...


def run_tasks(tasks: Sequence[Task], folder: Path, execute: Execute = map) -> list[Any]:
    """The result of every task, in order; each is kept in `folder` as soon as it is there."""
    return list(execute(partial(_done, folder=folder), tasks))


def _done(task: Task, folder: Path) -> Any:
    path = folder / f"{task.name}.json"
    if not path.is_file():
        write_json(path, task.run())
    return json.loads(path.read_text(encoding="utf-8"))


def write_json(path: Path, value: Any) -> None:
    """Write in one step, so that a kill at any moment leaves a whole file or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial_path = path.with_name(f".{path.name}.partial")
    partial_path.write_text(json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")
    os.replace(partial_path, path)
