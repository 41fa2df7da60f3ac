"""Processes side by side, one a core with one thread each: on small arrays they outrun one with many threads."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from queue import Queue
from typing import Any

FEW = 16
"""Studies that are read, or shown otherwise, before other processes have loaded torch, which takes each some 4 s."""

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
AT_MOST: ContextVar[int | None] = ContextVar("AT_MOST", default=None)
"""How many processes this one may start, if it was told."""


@contextmanager
def at_most(processes: int | None) -> Iterator[None]:
    """Keep pools that are opened within to so many processes, or to what was told around it if none is given; to one in
    a process of such a pool."""
    token = AT_MOST.set(processes or AT_MOST.get())
    try:
        yield
    finally:
        AT_MOST.reset(token)


@contextmanager
def over_cores(items: int) -> Iterator[Callable[..., Iterator[Any]]]:
    """A `map` for so many items over all cores; few are done in this process."""
    if items <= FEW or AT_MOST.get() == 1:
        yield map
        return
    with one_thread_each() as pool:
        yield partial(pool.map, chunksize=4)


@contextmanager
def one_thread_each(processes: int | None = None, gpus: Sequence[str] = ()) -> Iterator[ProcessPoolExecutor]:
    """A pool of so many processes, or as many as this one may use cores; they end when this one is killed.

    gpus: numbers of devices, of which each process sees one.
    """
    # Spawned, not forked: a parent with PyTorch threads can't be forked safely.
    spawn = multiprocessing.get_context("spawn")
    devices: Queue[str] = spawn.Queue()  # type: ignore[assignment]
    for device in gpus:
        devices.put(device)
    begin = partial(_begin, devices if gpus else None)
    with one_thread(), ProcessPoolExecutor(processes or AT_MOST.get() or cores(), spawn, begin) as pool:
        yield pool


def cores() -> int:
    """How many cores this process may use, which may be fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _begin(devices: Queue[str] | None) -> None:
    """Prepare a process before it loads torch, which looks for devices once."""
    _leave_with_parent()
    AT_MOST.set(1)
    if devices is not None:
        os.environ["CUDA_VISIBLE_DEVICES"] = devices.get()


def _leave_with_parent() -> None:
    """End with the parent: a killed training would go on, and write beside the one that was started anew."""

    def wait_for_its_end() -> None:
        parent = multiprocessing.parent_process()
        assert parent is not None
        parent.join()
        os._exit(1)

    threading.Thread(target=wait_for_its_end, daemon=True).start()


@contextmanager
def one_thread() -> Iterator[None]:
    """Let processes started within use one thread each for their linear algebra."""
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(ONE_THREAD)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
