"""Where tasks run: in this process, over processes or GPUs of this machine, on a Ray cluster, or as jobs of Slurm."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from zoo.errors import ZooError

from .attempts import Attempting, results
from .device import best_device
from .process_engine import Attempts, over_processes
from .process_pool import at_most

Execute = Callable[[Callable[[Any], Any], Sequence[Any]], Iterable[Any]]
"""Calls a function on every task, in order, like `map`: tasks and what they return can be pickled, and they share
nothing but the file system."""

FEW_STUDIES = 64
HERE, RAY, SLURM = "here", "ray", "slurm"


@dataclass(frozen=True)
class Engine:
    """Where tasks run.

    name: "here", "ray", "ray://HOST:PORT", or "slurm". processes: tasks at once, each with one thread; if None as many
    as there are cores, or one where a GPU does the work. gpus: numbers of the devices, one task each at a time.
    job: what Slurm is asked for, such as partition, time (minutes), mem (GiB).
    """

    name: str = HERE
    processes: int | None = None
    gpus: tuple[str, ...] = ()
    job: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.name not in (HERE, RAY, SLURM) and not self.name.startswith("ray://"):
            raise ZooError(f"--engine: expected here, ray, ray://HOST:PORT or slurm; found {self.name!r}.")
        if self.job and self.name != SLURM:
            raise ZooError(f"--slurm: expected --engine slurm beside it, found --engine {self.name}.")

    @property
    def is_elsewhere(self) -> bool:
        return self.name != HERE

    def for_studies(self, count: int) -> Engine:
        """The same engine, or this process alone where nobody said how many and few studies are to be graded: it is
        done with them before others have loaded torch and models."""
        unasked = not (self.is_elsewhere or self.processes or self.gpus)
        return replace(self, processes=1) if unasked and count <= FEW_STUDIES else self


@contextmanager
def side_by_side(engine: Engine | None = None, folder: Path | None = None) -> Iterator[Execute]:
    """A `map` over the engine's workers, which stay for as long as the context does.

    folder: where the work lies, seen by all workers; needed for other machines.
    """
    chosen = engine or Engine()
    shared = folder.absolute() if folder and chosen.is_elsewhere else None
    if shared:
        shared.mkdir(parents=True, exist_ok=True)

    def execute(function: Callable[[Any], Any], tasks: Sequence[Any]) -> Iterator[Any]:
        return results(attempts(Attempting(function, shared), tasks), tasks)

    with at_most(chosen.processes), _attempts(chosen, shared) as attempts:
        yield execute


def _attempts(engine: Engine, folder: Path | None) -> AbstractContextManager[Attempts]:
    if engine.name == SLURM:
        from .slurm_engine import over_slurm

        assert folder is not None
        return over_slurm(folder, engine.processes, len(engine.gpus), engine.job)
    if engine.is_elsewhere:
        from .ray_engine import over_ray

        return over_ray(engine.name, engine.processes, engine.gpus)
    if engine.processes == 1 and not engine.gpus:
        return nullcontext(map)
    if engine.gpus or engine.processes or best_device().type != "cuda":
        return over_processes(engine.processes, engine.gpus)
    return nullcontext(map)
