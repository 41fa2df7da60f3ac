"""Tasks as the jobs of one Slurm array, sent by submitit; they need what this process sees: its folder and disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

from zoo.errors import ZooError

from .attempts import Attempt
from .extras import imported
from .process_engine import Attempts
from .process_pool import one_thread

CLUSTER = "slurm"
"""submitit's "local" runs jobs on this machine: for tests."""
MOST_JOBS = 200
"""How many jobs an array has, as sites allow some hundreds; a job does several tasks where there are more."""
OWN_NAMES = {"time": ("timeout_min", int), "mem": ("mem_gb", float), "cpus": ("cpus_per_task", int)}
"""What submitit calls the same on all clusters, by the names that Slurm's users know."""
LONGEST_MINUTES = 24 * 60


@dataclass(frozen=True)
class Batch:
    """The tasks of one job. Stopped by its limit or for another's job it is queued again, and skips what is done."""

    attempt: Callable[[Any], Attempt]

    def __call__(self, tasks: Sequence[Any]) -> list[Attempt]:
        return [self.attempt(task) for task in tasks]

    def checkpoint(self, tasks: Sequence[Any]) -> Any:
        return imported("submitit", "cluster").helpers.DelayedSubmission(self, tasks)


@contextmanager
def over_slurm(folder: Path, processes: int | None, gpus: int, job: Mapping[str, str]) -> Iterator[Attempts]:
    """Jobs of one core each, and one GPU each if there are to be any.

    folder: gets scripts and logs, below "slurm". processes: jobs at once. job: what Slurm is asked for, by its names
    (partition, account, qos, time in minutes, mem in GiB, cpus …).
    """
    submitit = imported("submitit", "cluster")
    try:
        executor = submitit.AutoExecutor(folder / "slurm" / "%j", cluster=CLUSTER)
        executor.update_parameters(**_parameters(processes, gpus, job))
    except (RuntimeError, NameError) as error:  # no srun here; a name that Slurm doesn't know
        raise ZooError(f"--engine slurm: {error}") from error
    yield partial(_attempts, executor)


def _parameters(processes: int | None, gpus: int, job: Mapping[str, str]) -> dict[str, Any]:
    asked: dict[str, Any] = {"name": "glioma-zoo", "cpus_per_task": 1, "timeout_min": LONGEST_MINUTES}
    asked |= {"gpus_per_node": 1} if gpus else {}
    asked |= {"slurm_array_parallelism": processes or gpus} if processes or gpus else {}
    for key, value in job.items():
        name, kind = OWN_NAMES.get(key, (f"slurm_{key}", str))
        try:
            asked[name] = kind(value)
        except ValueError:
            raise ZooError(f"--slurm {key}={value}: expected a number.") from None
    return asked


def _attempts(executor: Any, attempt: Callable[[Any], Attempt], tasks: Sequence[Any]) -> Iterator[Attempt]:
    """Yield in order. Neighbours go to different jobs, as they take alike: the models of one split, or one model's."""
    count = min(len(tasks), MOST_JOBS)
    if not count:
        return
    batches = [tasks[first::count] for first in range(count)]
    with one_thread():  # Slurm hands the environment on
        jobs = executor.map_array(Batch(attempt), batches)
    results_of = cache(lambda number: _results(jobs[number], batches[number]))
    for at in range(len(tasks)):
        yield results_of(at % count)[at // count]


def _results(job: Any, batch: Sequence[Any]) -> list[Attempt]:
    try:
        return job.result()
    except Exception as error:  # submitit's own, of two kinds: the job failed, or ended without an answer
        text = f"job {job.job_id}: {str(error).strip().splitlines()[-1]} Its log: {job.paths.stderr}"
        return [Attempt(error=RuntimeError(text)) for _ in batch]
