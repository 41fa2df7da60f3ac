"""One persistent compute process: progress, cancel, time and memory limits, and crash isolation in one mechanism.

The parent starts `python -m zoo.compute.worker`, sends tasks over a local connection and reads messages back. Whatever
goes wrong in the child (a hang, a crash, too much memory, no answer to a cancel) ends the same way: the child is
killed, the next task gets a new one, and the caller gets one `PluginError` that says what happened.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import secrets
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Generator
from dataclasses import dataclass
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from typing import Any, TypeVar

import psutil

from zoo.errors import Cancelled, PluginError, ZooError

POLL_SECONDS = 0.25
START_SECONDS = 60.0
KEEPING = {"MALLOC_MMAP_THRESHOLD_": str(32 * 2**20), "MALLOC_TRIM_THRESHOLD_": str(256 * 2**20)}
"""Settings of glibc: memory that a layer has freed stays for the next, and need not be had anew and zeroed."""

Result = TypeVar("Result")


@dataclass(frozen=True)
class Limits:
    """What a task may use. seconds: for one task. memory_bytes: resident memory of the compute process.
    grace_seconds: to obey a cancel."""

    seconds: float = 120.0
    memory_bytes: int = 4 * 2**30
    grace_seconds: float = 1.5


@dataclass(frozen=True)
class Update:
    """How far a task is: fraction 0 to 1, and what it is doing."""

    fraction: float
    text: str


class Worker:
    """Runs tasks one at a time in a process of its own, which is started when first needed."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None

    def run(self, task: str, most_seconds: float | None = None, **arguments: Any) -> Generator[Update, None, Any]:
        """Run `task` ("module:function") with `arguments`; yields updates, the last one again while there is no news.

        most_seconds: that it may take, if not those of the limits.

        The function gets a further argument `progress`; the generator returns its result. Closing the generator cancels
        the task. Raises what the function raised if it is a `ZooError`, else `PluginError`.
        """
        with self._lock:
            connection = self._connected()
            connection.send((task, arguments))
            try:
                return (yield from self._follow(connection, most_seconds or self.limits.seconds))
            except GeneratorExit:
                self._cancel(connection)
                raise

    def result(self, task: str, **arguments: Any) -> Any:
        """Run a task as `run` does and return its result, for callers who don't follow the updates."""
        return finished(self.run(task, **arguments))

    def wait_until_idle(self) -> None:
        """Return when no task is running, or after twice the time that a cancel may take."""
        if self._lock.acquire(timeout=2 * self.limits.grace_seconds):
            self._lock.release()

    def close(self) -> None:
        """End the process; a later task starts a new one."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        if self._connection is not None:
            with contextlib.suppress(OSError):  # a thread that waits for an answer may have closed it just now
                self._connection.close()
        self._process = self._connection = None

    def _follow(self, connection: Connection, most_seconds: float) -> Generator[Update, None, Any]:
        deadline = time.monotonic() + most_seconds
        update = Update(0.0, "Starting")
        while True:
            kind, content = self._receive(connection, deadline, most_seconds, update.text)
            if kind == "done":
                return content
            if kind == "failed":
                raise content
            if kind == "update":
                update = Update(*content)
            yield update  # in silence too: a generator can be closed only while it waits here

    def _receive(self, connection: Connection, deadline: float, most_seconds: float, step: str) -> tuple[str, Any]:
        """The next message, or "silence" after a short wait; ends the process when it breaks a limit at `step`."""
        try:
            message = connection.recv() if connection.poll(POLL_SECONDS) else ("silence", None)
        except (EOFError, OSError) as error:
            raise self._ended(step, "the compute process crashed") from error
        if message[0] in ("done", "failed"):
            return message
        if time.monotonic() > deadline:
            raise self._ended(step, f"no answer within {most_seconds:.0f} s")
        if self._memory() > self.limits.memory_bytes:
            raise self._ended(step, f"more than {self.limits.memory_bytes / 2**30:.1f} GiB of memory was needed")
        return message

    def _ended(self, step: str, reason: str) -> PluginError:
        """End the process; what it was doing tells whose code it ran."""
        self.close()
        return PluginError(f"{step}: {reason}. The computation was stopped: try another model or study.")

    def _memory(self) -> int:
        assert self._process is not None
        with contextlib.suppress(psutil.Error):
            return psutil.Process(self._process.pid).memory_info().rss
        return 0

    def _cancel(self, connection: Connection) -> None:
        """Ask the task to stop; kill the process when it doesn't in time."""
        deadline = time.monotonic() + self.limits.grace_seconds
        with contextlib.suppress(EOFError, OSError):
            connection.send("cancel")
            while time.monotonic() < deadline:
                if connection.poll(POLL_SECONDS) and connection.recv()[0] in ("done", "failed"):
                    return
        self.close()

    def _connected(self) -> Connection:
        if self._process is None or self._process.poll() is not None or self._connection is None:
            self.close()
            self._start()
        assert self._connection is not None
        return self._connection

    def _start(self) -> None:
        key = secrets.token_hex(32)
        with Listener(authkey=key.encode()) as listener:
            # -P: else a folder called zoo, or torch, in the user's current one would be taken for ours.
            command = [sys.executable, "-P", "-m", "zoo.compute.worker", str(listener.address)]
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, env=_environment(key))
            accepting = threading.Thread(target=self._accept, args=(listener,), daemon=True)
            accepting.start()
            accepting.join(START_SECONDS)
        if self._connection is None:
            self.close()
            raise PluginError(f"The compute process did not start within {START_SECONDS:.0f} s.")

    def _accept(self, listener: Listener) -> None:
        with contextlib.suppress(OSError, EOFError):
            self._connection = listener.accept()


def finished(steps: Generator[Any, None, Result]) -> Result:
    """What the steps return in the end, for those who don't watch them."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def _environment(key: str) -> dict[str, str]:
    """The child finds the same packages wherever the parent was started; idle threads sleep instead of spinning."""
    paths = [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]
    changed = {"ZOO_WORKER_KEY": key, "PYTHONPATH": os.pathsep.join(filter(None, paths)), "OMP_WAIT_POLICY": "passive"}
    return os.environ | KEEPING | changed


def serve(connection: Connection) -> None:
    """The child's side: one task after the other until the parent goes away."""
    with contextlib.suppress(EOFError, OSError):
        while True:
            message = connection.recv()
            if message != "cancel":  # a cancel that came after the task had ended
                connection.send(_outcome(connection, *message))


def _outcome(connection: Connection, task: str, arguments: dict[str, Any]) -> tuple[str, Any]:
    def progress(fraction: float, text: str) -> None:
        if connection.poll():
            connection.recv()
            raise Cancelled("Cancelled.")
        connection.send(("update", (fraction, text)))

    try:
        module, function = task.split(":")
        return "done", getattr(importlib.import_module(module), function)(progress=progress, **arguments)
    except ZooError as error:
        if isinstance(error, PluginError):
            traceback.print_exc()  # the page shows its sentence; the plugin's author wants the place
        return "failed", error
    except Exception as error:
        traceback.print_exc()
        return "failed", PluginError(f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    serve(Client(sys.argv[1], authkey=os.environ.pop("ZOO_WORKER_KEY").encode()))
