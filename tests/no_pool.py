"""What a pool of processes does, but in this process: to start one that has imported torch takes many seconds."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

import pytest


class NoPool:
    """Stands for `training.jobs.process_pool.one_thread_each`."""

    def map(self, function: Callable[[Any], Any], tasks: Iterable[Any], chunksize: int = 1) -> Iterator[Any]:
        """Yield what the function returns of each task; all three are what can be sent to another process and back."""
        return (_sent(_sent(function)(_sent(task))) for task in tasks)

    def submit(self, function: Callable[[Any], Any], task: Any) -> Future[Any]:
        """Return what is done already."""
        found: Future[Any] = Future()
        found.set_result(_sent(_sent(function)(_sent(task))))
        return found


def _sent(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))


@contextmanager
def no_pool(processes: int | None = None, gpus: Sequence[str] = ()) -> Iterator[NoPool]:
    yield NoPool()


@contextmanager
def without_pools() -> Iterator[pytest.MonkeyPatch]:
    """Do here, one after the other, what is otherwise done side by side; what is patched with it is mended with it."""
    with pytest.MonkeyPatch.context() as patch:
        for module in ("process_engine", "process_pool"):
            patch.setattr(f"training.jobs.{module}.one_thread_each", no_pool)
        yield patch
