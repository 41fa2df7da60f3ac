"""Reading of the next study while one is graded: what a thread inflates and parses costs the graders little."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Source = TypeVar("Source")
Content = TypeVar("Content")


def read_ahead(
    read: Callable[[Source], Content], sources: Iterable[Source]
) -> Generator[tuple[Source, Future[Content]], None, None]:
    """Yield each source with what `read` makes of it, which a thread finds out, and then begins with the next.

    Only these two are in memory, if the caller has let go of one when it asks for another.
    """
    thread = ThreadPoolExecutor(1, "read-ahead")
    readings = ((source, thread.submit(read, source)) for source in sources)  # begun when asked for
    current = next(readings, None)
    try:
        while current:
            following = next(readings, None)
            yield current
            current = following
    finally:
        thread.shutdown(wait=False, cancel_futures=True)
