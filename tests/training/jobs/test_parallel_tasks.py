"""Work that is done stays done, wherever it was done."""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from training.jobs.files import write_json
from training.jobs.parallel_tasks import run_tasks


@dataclass(frozen=True)
class Square:
    number: int
    log: Path

    @property
    def name(self) -> str:
        return f"squares/{self.number}"

    def run(self) -> dict[str, int]:
        with self.log.open("a") as file:
            file.write(f"{self.number}\n")
        if self.number == 3 and not (self.log.parent / "mended").exists():
            raise KeyboardInterrupt
        return {"square": self.number**2, "process": os.getpid()}


def test_a_stopped_run_goes_on_where_it_was(tmp_path):
    tasks = [Square(number, tmp_path / "log") for number in range(5)]
    with pytest.raises(KeyboardInterrupt):
        run_tasks(tasks, tmp_path)
    (tmp_path / "mended").touch()
    assert [result["square"] for result in run_tasks(tasks, tmp_path)] == [0, 1, 4, 9, 16]
    assert (tmp_path / "log").read_text().split() == ["0", "1", "2", "3", "3", "4"]


def test_what_another_process_has_made_meanwhile_is_not_made_again(tmp_path, monkeypatch):
    @contextmanager
    def waited(path):
        write_json(path, {"square": "theirs"})
        yield

    monkeypatch.setattr("training.jobs.parallel_tasks.claimed", waited)
    assert run_tasks([Square(3, tmp_path / "log")], tmp_path) == [{"square": "theirs"}]


def test_a_pool_of_processes_does_as_well(tmp_path):
    (tmp_path / "mended").touch()
    tasks = [Square(number, tmp_path / "log") for number in range(5)]
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        results = run_tasks(tasks, tmp_path, pool.map)
    assert [result["square"] for result in results] == [0, 1, 4, 9, 16]
    assert os.getpid() not in {result["process"] for result in results}
    assert run_tasks(tasks, tmp_path) == results
