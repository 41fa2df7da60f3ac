"""The page: how long until it answers, and how much memory it has with its compute process."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import psutil

from bench.timing import seconds

STEADY_SECONDS = 6.0  # without a megabyte more: the models are loaded


def loaded(study: Path) -> tuple[float, float]:
    """Measure the seconds until the page answers, and the GiB once the models are loaded."""
    port = _free_port()
    command = [sys.executable, "app.py"]
    page = subprocess.Popen(command, env=os.environ | {"GRADIO_SERVER_PORT": str(port)}, stdout=subprocess.DEVNULL)
    try:
        return seconds(_wait_for, port), _steady_memory(psutil.Process(page.pid)) / 2**30
    finally:
        page.terminate()
        page.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(port: int) -> None:
    while True:
        try:
            return urlopen(f"http://127.0.0.1:{port}/").close()
        except OSError:
            time.sleep(0.05)


def _steady_memory(page: psutil.Process) -> int:
    """Bytes of the page and its children, once they no longer grow."""
    most, since = 0, time.monotonic()
    while time.monotonic() - since < STEADY_SECONDS:
        time.sleep(0.25)
        now = sum(member.memory_info().rss for member in [page, *page.children(recursive=True)])
        if now > most + 2**20:
            most, since = now, time.monotonic()
    return now
