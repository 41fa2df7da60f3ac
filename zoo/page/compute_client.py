"""The page's client of the compute process: reads a visitor's study once, and yields cards of how far a task is."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from zoo.assets.leaderboard import measured_seconds
from zoo.compute.worker import Update, Worker
from zoo.page.eta import DurationEstimator
from zoo.page.sessions import Session, Sessions
from zoo.page.step_times import StepTimes
from zoo.page.upload.assignment import remarks_on, settle
from zoo.page.upload.unpacking import remarks_still_true
from zoo.registry import Registry
from zoo.render.cards import progress_card
from zoo.types import MODALITIES, Unpacked

Step = TypeVar("Step")
Shown = TypeVar("Shown")
Result = TypeVar("Result")


class ComputeClient:
    """Runs tasks in the worker for the page, and yields cards of their progress.

    registry: the page's own, which models may join later. worker: the compute process, shared by all visitors.
    cache: Gradio's own folder, from which it may serve.
    """

    def __init__(self, registry: Registry, worker: Worker, cache: Path) -> None:
        self.registry = registry
        self.worker = worker
        self.cache = cache
        self.sessions = Sessions(cache)
        self.durations = DurationEstimator(measured_seconds())

    def read(
        self, session: Session | None, scans: Sequence[str] | None, unpacked: Unpacked, *slots: str | None
    ) -> Generator[str, None, Session]:
        """The session of what the visitor gave, see `StudyWidgets.given`, and settled in the table; as `read_files`."""
        files = [Path(scan) for scan in scans or []]
        source = settle(self.registry, files, dict(zip(MODALITIES, slots, strict=True)))
        remarks = (*remarks_still_true(unpacked, files), *remarks_on(self.registry, files, source))
        return (yield from self.read_files(session, source, remarks))

    def read_files(
        self, session: Session | None, source: Mapping[str, Path], remarks: tuple[str, ...] = ()
    ) -> Generator[str, None, Session]:
        """The session of these files, by modality: the open one if it is of the same, else a new one.

        remarks: sentences on how they were chosen, which are said with every grade. Yields cards while a new one is
        made, when the open one is gone already.
        """
        if session is not None and (session.source, session.remarks) == (source, remarks):
            return session
        self.sessions.close(session)
        yield progress_card(0, "Starting")
        session = self.sessions.open(source, remarks)
        try:
            task: dict[str, Any] = {"files": source, "folder": session.folder, "remarks": remarks}
            yield from self.follow("zoo.compute.tasks:read", times=StepTimes(), **task)
        except BaseException:  # a cancel too: half a study must not be graded later
            self.sessions.close(session)
            raise
        return session

    def copy(self, session: Session) -> Generator[str, None, Mapping[str, Path]]:
        """The study's scans for a viewer, which are written when they are first wanted; yields cards."""
        if not session.volumes:
            yield from self.follow("zoo.compute.tasks:copy", folder=session.folder)
        return session.volumes

    def follow(
        self, task: str, most_seconds: float | None = None, times: StepTimes | None = None, **arguments: Any
    ) -> Generator[str, None, Any]:
        """Run a task; yields a card of its progress, "" while there is none, and returns the task's result.

        most_seconds: after which it is stopped, if not those of the worker. times: keeps the steps that are done, which
        are shown then. model_id: of a model of our registry; the compute process is told where it finds it.
        """
        updates = self.worker.run(task, most_seconds, **self.addressed(arguments))
        last, started = None, time.monotonic()

        def card(update: Update) -> str:
            nonlocal last
            current = update, int(time.monotonic() - started)
            changed, last = current != last, current  # the same card again would be read out four times a second
            done = times.before(update.text, time.monotonic()) if times else []
            return progress_card(update.fraction, update.text, current[1], done) if changed else ""

        return (yield from map_steps(updates, card))

    def addressed(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """A task's arguments for the compute process, whose own registry need not hold what was pulled since."""
        model_id = arguments.get("model_id")
        return arguments | {"model_id": self.registry.model(model_id).address} if model_id else arguments

    def wait_until_idle(self) -> None:
        """Return once nothing computes any more, so that no late progress takes the place of what is said next."""
        self.worker.wait_until_idle()


def map_steps(steps: Generator[Step, None, Result], show: Callable[[Step], Shown]) -> Generator[Shown, None, Result]:
    """Yield `show` of each step, and return the steps' result.

    Closing this generator closes `steps` too, which cancels the task that they follow.
    """
    try:
        while True:
            try:
                step = next(steps)
            except StopIteration as finished:
                return finished.value
            yield show(step)
    finally:
        steps.close()
