"""One sequence of a head that has moved, on the scanner's own grid, and where the truth lies in it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import ndimage

from .raw_head import RawHead

RIGHT_LEFT, BACK_FRONT, DOWN_UP = range(3)
MIRRORED = (RIGHT_LEFT,)
UPSIDE_DOWN = (BACK_FRONT, DOWN_UP)
# Directions of a grid's first, second and slice axis in the scanner, before signs and tilt: columns right, front, up.
ORIENTATIONS = {
    "axial": np.eye(3)[:, [0, 1, 2]],
    "sagittal": np.eye(3)[:, [1, 2, 0]],
    "coronal": np.eye(3)[:, [0, 2, 1]],
}
LESION_BITS = 7
BRAIN_BIT = 8


@dataclass(frozen=True)
class ScanPlan:
    """How a sequence is scanned; world mm are RAS.

    `motion` [4, 4] maps the upright head's world to where it lies in the scanner. `directions` [3, 3] holds the
    voxel axes in the scanner as columns, the slices' last; `spacing_mm` are theirs. The field is `in_plane_mm` wide
    around the brain's middle, moved by `offset_mm` [3] along the axes; it holds the slices of the brain and of
    `beyond_mm` on either side. `header_error` [4, 4] is what the header adds to the true position. Along
    the head's axes of `flipped` the voxels lie the wrong way round for their header: `MIRRORED`, `UPSIDE_DOWN`.
    """

    motion: np.ndarray = field(default_factory=lambda: np.eye(4))
    directions: np.ndarray = field(default_factory=lambda: np.eye(3))
    spacing_mm: tuple[float, float, float] = (1.0, 1.0, 1.0)
    in_plane_mm: tuple[float, float] = (240.0, 240.0)
    offset_mm: tuple[float, float, float] = (0.0, 0.0, 0.0)
    beyond_mm: tuple[float, float] = (20.0, 20.0)
    header_error: np.ndarray = field(default_factory=lambda: np.eye(4))
    flipped: tuple[int, ...] = ()


@dataclass(frozen=True)
class SimulatedSeries:
    """A sequence as the scanner gives it, and the truth.

    `voxels` float32 [i, j, k]; `affine` [4, 4] is what its header says of them, voxels → world mm (RAS). `mask` bool
    and `labels` uint8, both [i, j, k]: brain and lesion. `to_head` [4, 4] maps the header's world to that of the head
    as it was drawn; its determinant is negative where the voxels are mirrored.
    """

    voxels: np.ndarray
    affine: np.ndarray
    mask: np.ndarray
    labels: np.ndarray
    to_head: np.ndarray


def draw_plan(
    rng: np.random.Generator,
    centre_mm: np.ndarray,
    motion_mm: float = 15.0,
    motion_degrees: float = 10.0,
    header_mm: float = 9.0,
) -> ScanPlan:
    """Draw how one sequence is scanned of a head whose brain has its middle at `centre_mm`.

    Two scans drawn so are apart by at most twice `motion_mm` and `motion_degrees`, and their headers by twice
    `header_mm` more: half of the headers are right.
    """
    kind = rng.choice(["3-D", "axial", "sagittal", "coronal", "oblique"], p=[0.25, 0.3, 0.15, 0.15, 0.15])
    named = {"3-D": rng.choice(["axial", "sagittal"]), "oblique": "axial"}.get(kind, kind)
    tilt = rigid(rng.standard_normal(3), rng.uniform(8, 25) if kind == "oblique" else 0.0)[:3, :3]
    spacing_mm = {"3-D": (1.0, 1.0, 1.0), "axial": (0.9, 0.9, 5.5)}.get(kind, (0.9, 0.9, float(rng.uniform(3, 5))))
    wrong = rng.random() < 0.5
    return ScanPlan(
        motion=draw_rigid(rng, centre_mm, motion_mm, motion_degrees),
        directions=tilt @ ORIENTATIONS[named] * rng.choice([-1.0, 1.0], 3),
        spacing_mm=spacing_mm,
        in_plane_mm=(float(rng.uniform(220, 245)), float(rng.uniform(220, 245))),
        offset_mm=(float(rng.uniform(-8, 8)), float(rng.uniform(-8, 8)), 0.0),
        beyond_mm=(float(rng.uniform(8, 35)), float(rng.uniform(8, 35))),
        header_error=draw_rigid(rng, centre_mm, header_mm, 3.0) if wrong else np.eye(4),
    )


def draw_rigid(rng: np.random.Generator, centre_mm: np.ndarray, most_mm: float, most_degrees: float) -> np.ndarray:
    """A turn about `centre_mm` and a shift in random directions, up to so much, float64 [4, 4]."""
    turn = rigid(rng.standard_normal(3), rng.uniform(0, most_degrees))
    way = rng.standard_normal(3)
    shift = way / np.linalg.norm(way) * rng.uniform(0, most_mm)
    turn[:3, 3] = centre_mm - turn[:3, :3] @ centre_mm + shift
    return turn


def rigid(axis: np.ndarray, degrees: float) -> np.ndarray:
    """A turn about an axis through the origin, [4, 4] (Rodrigues)."""
    x, y, z = axis / np.linalg.norm(axis)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    out = np.eye(4)
    out[:3, :3] += np.sin(np.radians(degrees)) * cross + (1 - np.cos(np.radians(degrees))) * cross @ cross
    return out


def scan_head(head: RawHead, modality: int, plan: ScanPlan) -> SimulatedSeries:
    """Scan a head's image number `modality`: interpolated once, linearly, and averaged over each slice."""
    shape, in_scanner = _native_grid(head, plan)
    to_voxels = np.linalg.inv(head.affine) @ np.linalg.inv(plan.motion) @ in_scanner
    voxels = _average_slices(head.images[modality], to_voxels, shape, plan.spacing_mm[2] / head.affine[0, 0])
    truth = _resample(head.labels | (head.mask * np.uint8(BRAIN_BIT)), to_voxels, shape, order=0)
    flip, turned = _flip(plan, shape)
    header = plan.header_error @ in_scanner
    to_head = np.linalg.inv(plan.motion) @ in_scanner @ flip @ np.linalg.inv(header)
    voxels, truth = np.ascontiguousarray(voxels[turned]), np.ascontiguousarray(truth[turned])
    return SimulatedSeries(voxels, header, truth >= BRAIN_BIT, truth & np.uint8(LESION_BITS), to_head)


def _native_grid(head: RawHead, plan: ScanPlan) -> tuple[tuple[int, int, int], np.ndarray]:
    """Number of voxels, and the affine that maps them to where they are in the scanner."""
    step = max(1, int(2 / head.affine[0, 0]))  # some of the brain is enough to see how far it reaches
    brain = np.argwhere(head.mask[::step, ::step, ::step]) * step @ head.affine[:3, :3].T + head.affine[:3, 3]
    along = (brain @ plan.motion[:3, :3].T + plan.motion[:3, 3]) @ plan.directions  # [points, axes]
    middle = (along.min(axis=0) + along.max(axis=0)) / 2
    width = np.array([*plan.in_plane_mm, np.ptp(along[:, 2]) + sum(plan.beyond_mm)])
    middle += plan.offset_mm
    middle[2] += (plan.beyond_mm[1] - plan.beyond_mm[0]) / 2
    count = np.ceil(width / plan.spacing_mm).astype(int)
    first = middle - (count - 1) / 2 * plan.spacing_mm
    # Of a head that did not move, a grid like its own takes its very voxels.
    lattice = head.affine[:3, 3] @ plan.directions
    first = lattice + np.round((first - lattice) / plan.spacing_mm) * plan.spacing_mm
    affine = np.eye(4)
    affine[:3, :3] = plan.directions * plan.spacing_mm
    affine[:3, 3] = plan.directions @ first
    i, j, k = (int(n) for n in count)
    return (i, j, k), affine


def _average_slices(image: np.ndarray, to_voxels: np.ndarray, shape: tuple[int, int, int], thickness: float):
    """Read `image` at each voxel of `shape`; one as thick as many of the image's is the mean of as many."""
    many = max(1, round(thickness))
    thin = np.eye(4)
    thin[2, 2], thin[2, 3] = 1 / many, (1 / many - 1) / 2
    i, j, k = shape
    sampled = _resample(image, to_voxels @ thin, (i, j, k * many), order=1, beyond=np.nan)
    reached = np.isfinite(sampled)
    sampled[~reached] = np.resize(image[:, :, -2:], reached.size - reached.sum())  # the noise of the air above the head
    return sampled.reshape(i, j, k, many).mean(axis=3)


def _resample(volume: np.ndarray, to_voxels: np.ndarray, shape: tuple[int, int, int], order: int, beyond: float = 0):
    matrix = to_voxels.round(9)
    return ndimage.affine_transform(
        volume, matrix[:3, :3], matrix[:3, 3], output_shape=shape, order=order, mode="constant", cval=beyond
    )


def _flip(plan: ScanPlan, shape: tuple[int, int, int]) -> tuple[np.ndarray, tuple[slice, ...]]:
    """How the voxels are turned round: as a matrix [4, 4] on their indices, and as slices."""
    matrix, turned = np.eye(4), [slice(None)] * 3
    for way in plan.flipped:
        axis = int(np.argmax(np.abs(plan.directions[way])))
        matrix[axis, axis], matrix[axis, 3] = -1, shape[axis] - 1
        turned[axis] = slice(None, None, -1)
    return matrix, tuple(turned)
