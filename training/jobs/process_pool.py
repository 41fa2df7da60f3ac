"""Processes side by side, one a core with one thread each: on small arrays they outrun one with many threads."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any

FEW = 16
"""Studies that are read, or shown otherwise, before other processes have loaded torch, which takes each some 4 s."""


@contextmanager
def over_cores(items: int) -> Iterator[Callable[..., Iterator[Any]]]:
    """A `map` for so many items over all cores; few are done in this process."""
    if items <= FEW:
        yield map
        return
    with one_thread_each() as pool:
        yield partial(pool.map, chunksize=4)


@contextmanager
def one_thread_each(processes: int | None = None) -> Iterator[ProcessPoolExecutor]:
    """A pool of so many processes, or as many as there are cores; they end when this one is killed."""
    # Spawned, not forked: a parent with PyTorch threads can't be forked safely.
    spawn = multiprocessing.get_context("spawn")
    with _one_thread(), ProcessPoolExecutor(processes, spawn, _leave_with_parent) as pool:
        yield pool


def _leave_with_parent() -> None:
    """End with the parent: a killed training would go on, and write beside the one that was started anew."""

    def wait_for_its_end() -> None:
        parent = multiprocessing.parent_process()
        assert parent is not None
        parent.join()
        os._exit(1)

    threading.Thread(target=wait_for_its_end, daemon=True).start()


@contextmanager
def _one_thread() -> Iterator[None]:
    """Let processes started within use one thread each for their linear algebra."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(dict.fromkeys(names, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
