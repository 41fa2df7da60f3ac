"""What a run tells while it trains: JSON lines beside its checkpoint, and Trackio's local dashboard."""

from __future__ import annotations

import contextlib
import io
import json
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from accelerate import PartialState

from ..jobs.files import atomic_write

PROJECT = "glioma-zoo"

History = Sequence[dict[str, Any]]
Tracker = Callable[[History], None]
"""Called after every epoch with one row of figures for each so far."""


def untracked(history: History) -> None:
    """Do nothing, for those who want no dashboard."""


@contextlib.contextmanager
def tracking(folder: Path | None, name: str, config: dict[str, Any]) -> Iterator[Tracker]:
    """Keep a run in Trackio's SQLite file in `folder`: no account, no server, nothing leaves the machine. None: no run.

    The same name goes on with the same run. Look at it with `TRACKIO_DIR=FOLDER trackio show --project glioma-zoo`.
    """
    if folder is None or not PartialState().is_main_process:
        yield untracked
        return
    os.environ.setdefault("TRACKIO_DIR", str(folder))
    import trackio

    with _silence():
        run = trackio.init(
            project=PROJECT,
            name=name,
            config=config,
            resume="allow",
            embed=False,
            auto_log_gpu=False,
            auto_log_cpu=False,
        )
    try:
        yield lambda history: run.log(dict(history[-1]), step=len(history))
    finally:
        with _silence():
            trackio.finish()


def dashboard_folder(run_dir: Path, tracked: bool) -> Path | None:
    """Where a run's dashboard lies, None where none is wanted."""
    return run_dir / "trackio" if tracked else None


def _silence() -> contextlib.AbstractContextManager:
    """Silence Trackio, which advertises its dashboard for every run."""
    return contextlib.redirect_stdout(io.StringIO())


def history_of(checkpoint: Path) -> Path:
    return checkpoint.with_suffix(".jsonl")


def write_history(path: Path, history: History) -> None:
    """Write one JSON line an epoch, the whole file in one step: a resumed run's file has no epoch twice."""
    with atomic_write(path) as partial:
        partial.write_text("".join(json.dumps(row) + "\n" for row in history), encoding="utf-8")


def epochs_in(path: Path) -> int:
    """Count the epochs that a history tells of; 0 without one, as for a model that isn't trained by gradient."""
    return len(path.read_text(encoding="utf-8").splitlines()) if path.is_file() else 0
