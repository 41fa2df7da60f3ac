"""The page: how long until it answers, and how much memory it has with its compute process."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import psutil

from bench.timing import seconds

STEADY_SECONDS = 6.0  # without a megabyte more: the models are loaded


def answers(study: Path) -> float:
    port = _free_port()
    with _page(port) as page:
        return seconds(_wait_for, page, port)


def loaded_memory(study: Path) -> float:
    """Measure the GiB of the page and its compute process, once the models are loaded."""
    port = _free_port()
    with _page(port) as page:
        _wait_for(page, port)
        return _steady_memory(psutil.Process(page.pid)) / 2**30


@contextmanager
def _page(port: int) -> Iterator[subprocess.Popen[bytes]]:
    environment = os.environ | {"GRADIO_SERVER_PORT": str(port)}
    with subprocess.Popen([sys.executable, "app.py"], env=environment, stdout=subprocess.DEVNULL) as page:
        try:
            yield page
        finally:
            page.terminate()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(page: subprocess.Popen[bytes], port: int) -> None:
    while page.poll() is None:
        try:
            return urlopen(f"http://127.0.0.1:{port}/").close()
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"the page ended with status {page.returncode}")


def _steady_memory(page: psutil.Process) -> int:
    """Bytes of the page and its children, once they no longer grow."""
    most, since = 0, time.monotonic()
    while time.monotonic() - since < STEADY_SECONDS:
        time.sleep(0.25)
        now = sum(member.memory_info().rss for member in [page, *page.children(recursive=True)])
        if now > most + 2**20:
            most, since = now, time.monotonic()
    return now
