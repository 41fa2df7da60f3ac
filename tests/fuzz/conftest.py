"""The process in which damaged inputs are read, one for a whole file of tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from zoo.compute.worker import Limits, Worker

SECONDS, MEMORY_BYTES = 2.0, 2**30
TASKS = str(Path(__file__).parents[1])


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", TASKS)
        running = Worker(Limits(seconds=600.0, memory_bytes=MEMORY_BYTES))
        yield running
        running.close()


@pytest.fixture
def expect_one_sentence_each(worker: Worker) -> Callable[[str, range], None]:
    """expect(kind, seeds): each input is read, or refused by a `StudyError`, in little time and memory."""

    def expect(kind: str, seeds: range) -> None:
        found = worker.result("fuzz_tasks:read_all", kind=kind, seeds=seeds, seconds=SECONDS)
        print(f"{kind}: {found.inputs} inputs, {found.read} read, {len(found.reasons)} sentences, slowest "
              f"{found.slowest:.2f} s, at most {found.memory_bytes / 2**20:.0f} MiB")  # fmt: skip
        assert found.wrong == []
        assert found.inputs == len(seeds)
        assert 0 < found.read < found.inputs, "inputs that are all read, or none, test nothing"
        assert found.memory_bytes < MEMORY_BYTES

    return expect
