"""Independent pieces of work, each done once: what an earlier call finished is read from disk."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from tqdm import tqdm

from .engine import Execute
from .files import claimed, write_json


class Task(Protocol):
    """A piece of work.

    name: unique among all tasks that share a folder; a path below it. run: returns JSON values.
    """

    @property
    def name(self) -> str: ...

    def run(self) -> Any: ...


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
