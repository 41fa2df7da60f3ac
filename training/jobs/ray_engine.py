"""Tasks over a Ray cluster: the one that is named or that RAY_ADDRESS names, else one of this machine alone."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from zoo.errors import ZooError

from .attempts import Attempt
from .extras import imported
from .process_engine import Attempts, died
from .process_pool import ONE_THREAD, cores

LOCAL_ONLY = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0", "RAY_USAGE_STATS_ENABLED": "0"}
"""Ray of one machine listens on loopback alone then (2.60), and sends nothing home."""


@contextmanager
def over_ray(address: str, processes: int | None = None, gpus: Sequence[str] = ()) -> Iterator[Attempts]:
    """Tasks of one core each, and one GPU each where any is named; a killed one is tried once more.

    address: "ray", or "ray://HOST:PORT" of a cluster. processes, gpus: of a Ray that is started here; a cluster that
    runs already has its own.
    """
    ray = imported("ray", "cluster")
    known = address if address != "ray" else os.environ.get("RAY_ADDRESS")
    if not known:
        os.environ.update(LOCAL_ONLY)
        if gpus:
            os.environ["CUDA_VISIBLE_DEVICES"] = ",".join(gpus)
    sizes = {} if known else {"num_cpus": processes or cores(), "num_gpus": len(gpus), "include_dashboard": False}
    try:
        ray.init(known, **sizes, log_to_driver=False, logging_level="error", runtime_env={"env_vars": ONE_THREAD})
    except (ConnectionError, TimeoutError) as error:
        raise ZooError(f"--engine ray: expected a running cluster at {known}, found none: {error}.") from error
    try:
        yield _Tasks(ray, 1 if gpus else 0).attempts
    finally:
        ray.shutdown()


def _tried(attempt: Callable[[Any], Attempt], task: Any) -> Attempt:
    return attempt(task)


class _Tasks:
    def __init__(self, ray: Any, gpus: int) -> None:
        self.ray, self.gpus = ray, gpus

    def attempts(self, attempt: Callable[[Any], Attempt], tasks: Sequence[Any]) -> Iterator[Attempt]:
        remote = self.ray.remote(max_retries=1, num_cpus=1, num_gpus=self.gpus)(_tried)
        waiting = [remote.remote(attempt, task) for task in tasks]
        for task, result in zip(tasks, waiting, strict=True):
            try:
                yield self.ray.get(result)
            except self.ray.exceptions.WorkerCrashedError:
                yield Attempt(error=died(task))
            except self.ray.exceptions.RayError as error:
                yield Attempt(error=RuntimeError(f"Ray: {error}"))
