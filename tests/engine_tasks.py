"""Tasks that engines carry to other processes, which have to import them."""

from __future__ import annotations

import json
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.jobs.process_pool import AT_MOST

WAIT_SECONDS = 60
IMPORTABLE = os.pathsep.join([str(Path(__file__).parent), str(Path(__file__).parents[1])])
"""The PYTHONPATH by which other machines' processes find this module."""


@dataclass(frozen=True)
class Echo:
    """Says where it ran, and notes that it did."""

    number: int
    log: Path

    @property
    def name(self) -> str:
        return f"echo/{self.number}"

    def run(self) -> dict[str, Any]:
        self.note()
        return {"square": self.number**2, "process": os.getpid(), "threads": os.environ.get("OMP_NUM_THREADS")}

    def note(self) -> None:
        with self.log.open("a") as file:
            file.write(f"{self.number}\n")

    @property
    def runs(self) -> int:
        return self.log.read_text().split().count(str(self.number)) if self.log.exists() else 0


@dataclass(frozen=True)
class Killed(Echo):
    """Kills its own process as often as it is told to."""

    times: int = 1

    def run(self) -> dict[str, Any]:
        self.note()
        if self.runs <= self.times:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().run()


@dataclass(frozen=True)
class Failing(Echo):
    """Fails, with an error whose constructor can't be called with its text alone."""

    def run(self) -> dict[str, Any]:
        self.note()
        raise json.JSONDecodeError("no such study", "text", 0)


def device_once_both_ask(folder: Path) -> str:
    """The device that this process sees, told once two processes are here."""
    (folder / f"{os.getpid()}.asks").touch()
    until = time.monotonic() + WAIT_SECONDS
    while len(list(folder.glob("*.asks"))) < 2 and time.monotonic() < until:
        time.sleep(0.01)
    return os.environ.get("CUDA_VISIBLE_DEVICES", "")


def may_start() -> int | None:
    """How many processes this one may start."""
    return AT_MOST.get()


def run(task: Echo) -> Any:
    return task.run()
