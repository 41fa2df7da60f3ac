"""Reads damaged inputs one after the other, in a process that the fuzz tests watch."""

from __future__ import annotations

import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import fuzz_inputs
from zoo import StudyError
from zoo.compute import sandbox as limited
from zoo.registry import Registry, load_registry
from zoo.study.read import read_volumes


@dataclass
class Found:
    """wrong: "kind seed: what happened" of all that broke the promise. memory_bytes: at its peak, all processes."""

    inputs: int = 0
    read: int = 0
    slowest: float = 0.0
    memory_bytes: int = 0
    wrong: list[str] = field(default_factory=list)
    reasons: dict[str, int] = field(default_factory=dict)


def read_all(kind: str, seeds: Sequence[int], seconds: float, progress) -> Found:
    """Read each input; only `StudyError` may be raised, within so many seconds."""
    warnings.simplefilter("ignore")
    limited.run_sandboxed("fuzz_tasks:ready")  # its start is not the inputs' fault
    found = Found()
    for seed in seeds:
        progress(0.5, f"{kind} {seed}")
        with TemporaryDirectory() as folder:
            files = fuzz_inputs.make(kind, seed, Path(folder))
            began = time.monotonic()
            reason = _reason(files)
            taken = time.monotonic() - began
        found.inputs += 1
        found.read += reason is None
        found.slowest = max(found.slowest, taken)
        found.wrong += [f"{kind} {seed}: {reason}"] if reason and not reason.startswith("StudyError") else []
        found.wrong += [f"{kind} {seed}: {taken:.1f} s"] if taken > seconds else []
        told = reason or "read"
        found.reasons[told] = found.reasons.get(told, 0) + 1
    found.memory_bytes = _peak_memory()
    return found


def ready() -> None:
    import SimpleITK  # noqa: F401


def _reason(files: list[Path]) -> str | None:
    try:
        read_volumes(_registry(), files)
    except StudyError as error:
        return f"StudyError: {error}"
    except BaseException as error:
        return f"{type(error).__name__}: {error}"
    return None


@cache
def _registry() -> Registry:
    return load_registry(("zoo.plugins.nifti", "zoo.plugins.formats", "zoo.plugins.dicom", "zoo.plugins.archives"))


def _peak_memory() -> int:
    limited_process = limited._process()._process
    assert limited_process is not None
    return sum(_high_water(process) for process in ("self", str(limited_process.pid)))


def _high_water(process: str) -> int:
    (line,) = (line for line in Path(f"/proc/{process}/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024
