"""Tasks over processes of this machine, one a core or one a GPU; one that dies takes no other task with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

from .attempts import Attempt, name_of
from .process_pool import one_thread_each

TRIES = 2
"""How often a task is tried whose process is killed though it runs alone."""

Attempts = Callable[[Callable[[Any], Attempt], Sequence[Any]], Iterable[Attempt]]
"""Tries every task and yields what came of it, in order."""


@contextmanager
def over_processes(processes: int | None, gpus: Sequence[str] = ()) -> Iterator[Attempts]:
    """A pool that is started anew when one of its processes dies, by a kill or for want of memory.

    gpus: numbers of devices; each process sees one of them, and there are as many processes.
    """
    with ExitStack() as stack:
        yield _Pool(stack, len(gpus) or processes, tuple(gpus)).attempts


class _Pool:
    def __init__(self, stack: ExitStack, processes: int | None, gpus: tuple[str, ...]) -> None:
        self.stack, self.processes, self.gpus = stack, processes, gpus
        self.pool: Executor | None = None

    def attempts(self, attempt: Callable[[Any], Attempt], tasks: Sequence[Any]) -> Iterator[Attempt]:
        """Yield in order. What was not done when a process died is tried again, the first of it by itself, as it may
        have been the cause: each death gets one task further, so this ends."""
        tasks = list(tasks)
        futures = [self._submitted(attempt, task) for task in tasks]
        for at, task in enumerate(tasks):
            try:
                yield futures[at].result()
            except BrokenProcessPool:
                self.pool = None
                yield self._alone(attempt, task)
                for later in range(at + 1, len(tasks)):
                    if isinstance(futures[later].exception(), BrokenProcessPool):
                        futures[later] = self._submitted(attempt, tasks[later])

    def _submitted(self, attempt: Callable[[Any], Attempt], task: Any) -> Future[Attempt]:
        if self.pool is None:
            self.pool = self.stack.enter_context(one_thread_each(self.processes, self.gpus))
        try:
            return self.pool.submit(attempt, task)
        except BrokenProcessPool as error:  # it died while tasks were handed over
            broken: Future[Attempt] = Future()
            broken.set_exception(error)
            return broken

    def _alone(self, attempt: Callable[[Any], Attempt], task: Any) -> Attempt:
        for _ in range(TRIES):
            with suppress(BrokenProcessPool), one_thread_each(1, self.gpus[:1]) as pool:
                return pool.submit(attempt, task).result()
        return Attempt(error=died(task))


def died(task: Any) -> ChildProcessError:
    """An error for a task whose process ended before it did, each time."""
    return ChildProcessError(
        f"{name_of(task)}: its process ended each time before it was done: killed, as by a system short of memory (try "
        'fewer --processes), or it could not begin: a script that calls this needs `if __name__ == "__main__":`.'
    )
