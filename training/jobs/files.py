"""Files that are whole at any moment, and made by one process at a time."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import gethostname
from typing import Any

PATIENCE_SECONDS = 5.0
"""Time after which it is said that another process is waited for."""


@contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """Yield where to write what becomes `path` in one step: a kill at any moment leaves the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{gethostname()}-{os.getpid()}.partial")  # each process writes its own
    yield partial
    os.replace(partial, path)


@contextmanager
def claimed(path: Path) -> Iterator[None]:
    """Let one process at a time make a file or a folder, here or on a machine that shares the disk; others wait, and
    say so. A lock file stays beside it; that of a process that was killed holds nobody up."""
    from filelock import FileLock, Timeout

    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path.with_name(f".{path.name}.lock"))
    try:
        lock.acquire(timeout=PATIENCE_SECONDS)
    except Timeout:
        print(f"waiting for another process, which makes {path}", file=sys.stderr)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def write_json(path: Path, value: Any) -> None:
    """Write JSON in one step; `ValueError` for what is not JSON, such as NaN."""
    text = json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False)
    with atomic_write(path) as partial:
        partial.write_text(text + "\n", encoding="utf-8")
