"""One study through the page's compute process, whose models are loaded: times as a visitor waits, and its memory."""

from __future__ import annotations

import resource
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from bench.timing import seconds
from zoo.compute.worker import Worker
from zoo.registry import load_registry
from zoo.types import MODALITIES
from zoo.types.roles import DEFAULT_EXPLAINER, HEADLINE_MODEL

MODELS = [spec.id for spec in load_registry().models.values() if spec.is_trained]


def upload_to_grade(study: Path) -> float:
    with _session() as session:
        return seconds(_grade, study, session, HEADLINE_MODEL)


def heat_map(study: Path) -> float:
    with _session() as session:
        _grade(study, session, HEADLINE_MODEL)
        request = {"folder": session, "model_id": HEADLINE_MODEL, "explainer_id": DEFAULT_EXPLAINER}
        return seconds(lambda: _run("explain", **request))


def comparison(study: Path) -> float:
    with _session() as session:
        return seconds(_grade, study, session, *MODELS)


def peak(study: Path) -> float:
    """GiB that the process has had at most, once all models have graded one study."""
    with _session() as session:
        _grade(study, session, *MODELS)
        return _worker().result("bench.compute_process:peak_of_this_process")


def peak_of_this_process(progress: Any) -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


@cache
def _worker() -> Worker:
    worker = Worker()
    worker.result("zoo.compute.tasks:warm_up")
    return worker


@contextmanager
def _session() -> Iterator[Path]:
    """A visitor's folder, with the models loaded before anybody looks at the clock."""
    _worker()
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def _grade(study: Path, session: Path, *models: str) -> None:
    _run("read", files={name: next(study.glob(f"*_{name}.nii.gz")) for name in MODALITIES}, folder=session)
    for model_id in models:
        _run("grade", folder=session, model_id=model_id)


def _run(task: str, **arguments: Any) -> Any:
    return _worker().result(f"zoo.compute.tasks:{task}", **arguments)
