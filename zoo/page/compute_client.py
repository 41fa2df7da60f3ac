"""A visitor's work: their study is read once, and whatever is computed tells how far it is."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from zoo.assets.leaderboard import measured_seconds
from zoo.compute.worker import Worker
from zoo.page.eta import DurationEstimator
from zoo.page.sessions import Session, Sessions
from zoo.page.upload.assignment import settle
from zoo.registry import Registry
from zoo.render.cards import progress_card
from zoo.types import MODALITIES

Step = TypeVar("Step")
Output = TypeVar("Output")
Result = TypeVar("Result")


class ComputeClient:
    """Asks the worker, and yields cards while it waits. cache: Gradio's own folder, from which it may serve."""

    def __init__(self, registry: Registry, worker: Worker, cache: Path) -> None:
        self.registry = registry
        self.worker = worker
        self.cache = cache
        self.sessions = Sessions(cache)
        self.durations = DurationEstimator(measured_seconds())

    def read(
        self, session: Session | None, scans: Sequence[str], slots: Sequence[str | None]
    ) -> Generator[str, None, Session]:
        """The session of what the visitor dropped and settled in the table; as `read_files`."""
        source = settle(self.registry, [Path(scan) for scan in scans], dict(zip(MODALITIES, slots, strict=True)))
        return (yield from self.read_files(session, source))

    def read_files(self, session: Session | None, source: Mapping[str, Path]) -> Generator[str, None, Session]:
        """The session of these files, by modality: the open one if it is of the same, else a new one.

        Yields cards while a new one is made, when the open one is gone already.
        """
        if session is not None and session.source == source:
            return session
        self.sessions.close(session)
        yield progress_card(0, "Starting")
        session = self.sessions.open(source)
        try:
            yield from self.follow("zoo.compute.tasks:read", files=source, folder=session.folder)
        except BaseException:  # a cancel too: half a study must not be graded later
            self.sessions.close(session)
            raise
        return session

    def follow(self, task: str, most_seconds: float | None = None, **arguments: Any) -> Generator[str, None, Any]:
        """Run a task; yields a card of how far it is, "" while nothing is new, and returns the task's result.

        most_seconds: after which it is stopped, if not those of the worker. model_id: of a model of our registry; the
        compute process is told where it finds it.
        """
        running = self.worker.run(task, most_seconds, **self.addressed(arguments))
        latest, started = None, time.monotonic()

        def card(update: Any) -> str:
            nonlocal latest
            current = update, int(time.monotonic() - started)
            changed, latest = current != latest, current  # the same card again would be read out four times a second
            return progress_card(update.fraction, update.text, current[1]) if changed else ""

        return (yield from map_steps(running, card))

    def addressed(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """A task's arguments for the compute process, whose own registry need not hold what was pulled since."""
        model_id = arguments.get("model_id")
        return arguments | {"model_id": self.registry.model(model_id).address} if model_id else arguments

    def wait_until_idle(self) -> None:
        """Return once nothing computes any more, so that no late progress takes the place of what is said next."""
        self.worker.wait_until_idle()


def map_steps(steps: Generator[Step, None, Result], show: Callable[[Step], Output]) -> Generator[Output, None, Result]:
    """The same steps, each as `show` shows it; ending this generator ends the other, which cancels what it follows."""
    try:
        while True:
            try:
                step = next(steps)
            except StopIteration as finished:
                return finished.value
            yield show(step)
    finally:
        steps.close()
