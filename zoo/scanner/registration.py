"""Where one scan of a head lies in the space of another: a rigid motion, by mutual information (SimpleITK).

As Mattes et al. 2003 (IEEE TMI 22:120), from coarse cubes to fine ones, from three starts: headers within one study
are off by up to 18 mm. What was found is checked by looking for the way back on its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial.transform import Rotation

from zoo.scanner.raw_scan import RawScan

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
HEAD_RADIUS_MM = 80.0
"""Distance from its middle at which a turn by a radian moves the head by as many mm."""
KEPT_STARTS = 2
SAME_MM = 3.0
"""How far two motions may move the head apart and still be one: half of a coarse cube."""
SEED = 1  # 0 is the clock


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


def register(fixed: RawScan, moving: RawScan) -> Registration:
    """Find the motion between two scans of one head, the way back from its other end, and whether one is mirrored."""
    fixed, moving = fixed.clipped(), moving.clipped()
    found, information = search(fixed, moving, LEVELS)
    back, _ = search(moving, fixed, LEVELS[:-1])
    _, mirrored = search(fixed, moving.mirrored(), LEVELS[:1])
    moved, missed = (distance_mm(motion, np.eye(4), fixed.head_centre) for motion in (found, back @ found))
    return Registration(found, moved, information[-1], missed, mirrored[0] - information[0])


def distance_mm(one: np.ndarray, other: np.ndarray, centre: np.ndarray) -> float:
    """How far apart two motions, float64 [4, 4], move a head on average, in mm: root mean square over a ball.

    centre: its middle, float64 [3], mm. After Jenkinson 1999 (FMRIB TR99MJ1), eq. 12.
    """
    apart = one - other
    turn, shift = apart[:3, :3], apart[:3, :3] @ centre + apart[:3, 3]
    return float(np.sqrt(HEAD_RADIUS_MM**2 / 5 * np.trace(turn.T @ turn) + shift @ shift))


def degrees(motion: np.ndarray) -> float:
    """Angle by which a motion, float64 [4, 4], turns."""
    return float(np.degrees(Rotation.from_matrix(motion[:3, :3]).magnitude()))


def search(fixed: RawScan, moving: RawScan, levels: Sequence[Level]) -> tuple[np.ndarray, list[float]]:
    """Find the motion under which two scans share the most: it, float64 [4, 4], and how much that was at each level."""
    starts, shared = _starts(fixed, moving), []
    for level in levels:
        found = _refined(fixed, moving, level, starts)
        starts = _distinct(found, fixed.head_centre)[:KEPT_STARTS]
        shared.append(max(information for _, information in found))
    return starts[0], shared


def _starts(fixed: RawScan, moving: RawScan) -> list[np.ndarray]:
    """The motions from which the search begins: none, head onto head, grid onto grid."""
    shifts = (np.zeros(3), moving.head_centre - fixed.head_centre, moving.centre - fixed.centre)
    return [_moved(shift) for shift in shifts]


def _distinct(found: Iterable[tuple[np.ndarray, float]], centre: np.ndarray) -> list[np.ndarray]:
    """Motions that differ, the best first."""
    kept: list[np.ndarray] = []
    for matrix, _ in sorted(found, key=lambda each: -each[1]):
        if all(distance_mm(matrix, other, centre) > SAME_MM for other in kept):
            kept.append(matrix)
    return kept


def _refined(
    fixed: RawScan, moving: RawScan, level: Level, starts: Sequence[np.ndarray]
) -> list[tuple[np.ndarray, float]]:
    """What a search with cubes of one size makes of each start: motion and information."""
    here, there = (_image(scan.as_cubes(level.cube_mm)) for scan in (fixed, moving))
    return [_optimised(here, there, level, start, fixed.head_centre) for start in starts]


def _optimised(
    fixed: SimpleITK.Image, moving: SimpleITK.Image, level: Level, start: np.ndarray, centre: np.ndarray
) -> tuple[np.ndarray, float]:
    import SimpleITK

    motion = to_euler(start, centre)
    method = SimpleITK.ImageRegistrationMethod()
    method.SetMetricAsMattesMutualInformation(level.bins)
    if level.share < 1:
        method.SetMetricSamplingStrategy(method.REGULAR)
        method.SetMetricSamplingPercentage(level.share, SEED)
    method.SetInterpolator(SimpleITK.sitkLinear)
    first, last = level.step_mm
    method.SetOptimizerAsRegularStepGradientDescent(first, last, level.iterations)
    method.SetOptimizerScales([HEAD_RADIUS_MM**2] * 3 + [1.0] * 3)
    method.SetInitialTransform(motion, inPlace=True)
    with _one_thread():
        method.Execute(fixed, moving)
    return from_euler(motion), -method.GetMetricValue()


@contextmanager
def _one_thread() -> Iterator[None]:
    """Let two runs end the same: on more threads sums differ. What a method is told leaves out its metric."""
    import SimpleITK

    threads = SimpleITK.ProcessObject.GetGlobalDefaultNumberOfThreads()
    SimpleITK.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
    try:
        yield
    finally:
        SimpleITK.ProcessObject.SetGlobalDefaultNumberOfThreads(threads)


def _image(scan: RawScan) -> SimpleITK.Image:
    """The scan for SimpleITK, whose world is ours here: it asks of no axis where it points to."""
    import SimpleITK

    image = SimpleITK.GetImageFromArray(np.ascontiguousarray(scan.voxels.T, np.float32))
    image.SetSpacing(scan.spacing.tolist())
    image.SetDirection((scan.affine[:3, :3] / scan.spacing).ravel().tolist())
    image.SetOrigin(scan.affine[:3, 3].tolist())
    return image


def to_euler(matrix: np.ndarray, centre: np.ndarray) -> SimpleITK.Euler3DTransform:
    """A motion about the middle of the head: one turned about a far point moves the head by turning it."""
    import SimpleITK

    motion = SimpleITK.Euler3DTransform()
    motion.SetCenter(centre.tolist())
    angles = Rotation.from_matrix(matrix[:3, :3]).as_euler("ZXY")[[1, 2, 0]]  # ITK turns about y, x, then z
    motion.SetRotation(*angles.tolist())
    motion.SetTranslation((matrix[:3, :3] @ centre + matrix[:3, 3] - centre).tolist())
    return motion


def from_euler(motion: SimpleITK.Euler3DTransform) -> np.ndarray:
    matrix, centre = np.eye(4), np.array(motion.GetCenter())
    matrix[:3, :3] = np.reshape(motion.GetMatrix(), (3, 3))
    matrix[:3, 3] = centre + motion.GetTranslation() - matrix[:3, :3] @ centre
    return matrix


def _moved(shift: np.ndarray) -> np.ndarray:
    matrix = np.eye(4)
    matrix[:3, 3] = shift
    return matrix
