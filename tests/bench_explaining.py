"""How long comparing and explaining take, by the page's own tasks: for `make bench`."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from zoo.compute import tasks
from zoo.types import MODALITIES

GUIDED = "guided-dual-attention.compact"


def bench_explaining(study: Path) -> None:
    """study: a folder of scans. Each once, after the models are loaded."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = {modality: next(study.glob(f"*_{modality}.nii.gz")) for modality in MODALITIES}
        tasks.read(files, folder, _unwatched)
        tasks.warm_up(_unwatched)
        shapley = _seconds(lambda: tasks.contributions(folder, GUIDED, _unwatched))  # first: nothing is remembered yet
        print(f"exact Shapley values of the guided model    {shapley:6.2f} s")
        again = _seconds(lambda: tasks.contributions(folder, GUIDED, _unwatched))
        print(f"... once the references are remembered      {again:6.2f} s")
        trained = [spec.id for spec in tasks.registry().models.values() if spec.is_trained]
        every = _seconds(lambda: [tasks.grade(folder, model_id, _unwatched) for model_id in trained])
        print(f"{len(trained)} models on one study, once it is read      {every:6.2f} s")
        watch = _Watch()
        gradients = _seconds(lambda: tasks.explain(folder, GUIDED, "integrated-gradients", watch))
        print(f"its integrated gradients                    {gradients:6.2f} s")
        print(f"... longest silence, which a cancel waits for {watch.longest:5.2f} s")


class _Watch:
    """A progress that notes the longest silence."""

    def __init__(self) -> None:
        self.longest, self._last = 0.0, time.perf_counter()

    def __call__(self, fraction: float, text: str) -> None:
        now = time.perf_counter()
        self.longest, self._last = max(self.longest, now - self._last), now


def _seconds(function: Callable[[], object]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def _unwatched(fraction: float, text: str) -> None:
    pass
