"""Where one scan of a head lies in the space of another: a rigid motion, by mutual information (SimpleITK).

As Mattes et al. 2003 (IEEE TMI 22:120), from coarse cubes to fine ones, from three starts: headers within one study
are off by up to 18 mm. What was found is checked by looking for the way back on its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from zoo.scanner.rigid_motion import HEAD_RADIUS_MM, distance_mm, from_euler, shifted, to_euler
from zoo.scanner.scan_pyramid import ScanPyramid

if TYPE_CHECKING:
    import SimpleITK


@dataclass(frozen=True)
class Level:
    """How cubes of one size are registered. step_mm: the first and the last step of the search. share: of the cubes
    that are compared, on a grid."""

    cube_mm: float
    step_mm: tuple[float, float]
    iterations: int
    bins: int
    share: float


COARSE, MIDDLE, FINE = LEVELS = (
    Level(6.0, (4.0, 0.05), 40, 24, 1.0),
    Level(3.0, (1.5, 0.02), 60, 32, 0.25),
    Level(2.0, (0.5, 0.005), 60, 32, 0.15),
)
KEPT_STARTS = 2
SAME_MM = 3.0
"""How far two motions may move the head apart and still be one: half of a coarse cube."""
SEED = 1  # 0 is the clock
_LOCK = Lock()
_THREADS_BEFORE: list[int] = []
"""SimpleITK's number of threads as each registration that goes on found it."""


@dataclass(frozen=True)
class Registration:
    """A motion that was found. matrix: float64 [4, 4], from the fixed scan's world to the moving one's, in mm.

    moved_mm: how far it moves the head on average, beyond what the scans' headers say. information: mutual information
    of the two scans then, in nats. inconsistency_mm: how far, on average over the head, the way back that was found on
    its own misses where it began. mirrored_gain: nats by which coarse cubes share more once one scan is mirrored left
    to right; below 0 where both are what their headers say.
    """

    matrix: np.ndarray
    moved_mm: float
    information: float
    inconsistency_mm: float
    mirrored_gain: float


def register(fixed: ScanPyramid, moving: ScanPyramid) -> Registration:
    """Find the motion between two scans of one head, the way back from its other end, and whether one is mirrored."""
    found, information = search(fixed, moving, LEVELS)
    back, _ = search(moving, fixed, LEVELS[:-1])
    _, mirrored = search(fixed, moving.mirrored(), LEVELS[:1])
    moved, missed = (distance_mm(motion, np.eye(4), fixed.head_centre) for motion in (found, back @ found))
    return Registration(found, moved, information[-1], missed, mirrored[0] - information[0])


@contextmanager
def registering(fixed: ScanPyramid, moving: Mapping[str, ScanPyramid]) -> Iterator[Mapping[str, Future[Registration]]]:
    """Register several scans with one, side by side in a thread each, since SimpleITK leaves Python alone meanwhile.

    Yields what will be found, by name. Who leaves early waits for none of them.
    """
    pool = ThreadPoolExecutor(max(len(moving), 1), "register")
    try:
        yield {name: pool.submit(register, fixed, scan) for name, scan in moving.items()}
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def search(fixed: ScanPyramid, moving: ScanPyramid, levels: Sequence[Level]) -> tuple[np.ndarray, list[float]]:
    """Find the motion under which two scans share the most: it, float64 [4, 4], and how much that was at each level."""
    starts, shared = _starts(fixed, moving), []
    for level in levels:
        found = [_optimised(fixed, moving, level, start) for start in starts]
        starts = _distinct(found, fixed.head_centre)[:KEPT_STARTS]
        shared.append(max(information for _, information in found))
    return starts[0], shared


def _starts(fixed: ScanPyramid, moving: ScanPyramid) -> list[np.ndarray]:
    """The motions from which the search begins: none, head onto head, grid onto grid."""
    between_grids = moving.scan.centre - fixed.scan.centre
    return [shifted(each) for each in (np.zeros(3), moving.head_centre - fixed.head_centre, between_grids)]


def _distinct(found: Iterable[tuple[np.ndarray, float]], centre: np.ndarray) -> list[np.ndarray]:
    """Motions that differ, the best first."""
    kept: list[np.ndarray] = []
    for matrix, _ in sorted(found, key=lambda each: -each[1]):
        if all(distance_mm(matrix, other, centre) > SAME_MM for other in kept):
            kept.append(matrix)
    return kept


def _optimised(fixed: ScanPyramid, moving: ScanPyramid, level: Level, start: np.ndarray) -> tuple[np.ndarray, float]:
    """What a search with cubes of one size makes of a start: motion and information."""
    motion = to_euler(start, fixed.head_centre)
    method = _method(level)
    method.SetInitialTransform(motion, inPlace=True)
    with _one_thread():
        method.Execute(fixed.cubes(level.cube_mm), moving.cubes(level.cube_mm))
    return from_euler(motion), -method.GetMetricValue()


def _method(level: Level) -> SimpleITK.ImageRegistrationMethod:
    import SimpleITK

    method = SimpleITK.ImageRegistrationMethod()
    method.SetMetricAsMattesMutualInformation(level.bins)
    if level.share < 1:
        method.SetMetricSamplingStrategy(method.REGULAR)
        method.SetMetricSamplingPercentage(level.share, SEED)
    method.SetInterpolator(SimpleITK.sitkLinear)
    first, last = level.step_mm
    method.SetOptimizerAsRegularStepGradientDescent(first, last, level.iterations)
    method.SetOptimizerScales([HEAD_RADIUS_MM**2] * 3 + [1.0] * 3)
    return method


@contextmanager
def _one_thread() -> Iterator[None]:
    """Let two runs end the same, for as long as anybody registers: on more threads sums differ. What a method is told
    leaves out its metric."""
    import SimpleITK

    process = SimpleITK.ProcessObject
    with _LOCK:
        _THREADS_BEFORE.append(process.GetGlobalDefaultNumberOfThreads())
        process.SetGlobalDefaultNumberOfThreads(1)
    try:
        yield
    finally:
        with _LOCK:
            threads = _THREADS_BEFORE.pop()
            if not _THREADS_BEFORE:  # the first one's, who found what was set by others
                process.SetGlobalDefaultNumberOfThreads(threads)
