"""Which tissue lies where in a head around a given brain: shells by distance, face and neck by ellipsoids.

Good enough to test registration and brain masks; no atlas, and nothing measured on a patient.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from scipy import ndimage

from ..fields import field_in_box, stretch

Place = Sequence[float] | np.ndarray

# The brain of the MNI template in mm, the frame of everything that is placed below.
BRAIN_CENTRE_MM = np.array([0.0, -16.0, 4.0])
BRAIN_HALF_MM = np.array([70.0, 89.0, 76.0])
# Left and right, back and front, below and above of the brain: scalp, nose, neck, and some air.
MARGIN_MM = np.array([[32.0, 32.0], [30.0, 48.0], [62.0, 34.0]])
COARSE_MM = 3.0
SKIN_MM = 2.0
DURA_MM = 0.8
THINNEST_BONE_MM = 1.5

Axes = Sequence[np.ndarray]


class Tissue(IntEnum):
    """What a voxel of a head is made of."""

    AIR = 0
    BRAIN = 1
    CSF = 2
    DURA = 3
    SINUS = 4  # of veins
    BONE = 5
    MARROW = 6
    MUSCLE = 7
    FAT = 8
    SKIN = 9
    MUCOSA = 10
    VITREOUS = 11
    NERVE = 12  # and the cord below the brain


@dataclass(frozen=True)
class HeadField:
    """Voxels of a head around a brain, on the lattice of the brain's study.

    `start` [3] is the study's voxel that the head's first one is, `shape` its voxels, `brain_box` [3, 2] the brain's
    first and last voxel along each axis, in the head's own.
    """

    start: np.ndarray
    shape: tuple[int, int, int]
    brain_box: np.ndarray
    spacing_mm: float

    @property
    def size_mm(self) -> np.ndarray:
        return np.array(self.shape) * self.spacing_mm

    def axes_mm(self, step: int = 1) -> list[np.ndarray]:
        """Coordinates along each axis of every `step` voxels' centre, in the template's frame: this brain fills it."""
        centre, half = self.brain_box.mean(axis=1), (self.brain_box[:, 1] - self.brain_box[:, 0] + 1) / 2
        return [
            (((np.arange(n // step) + 0.5) * step - 0.5 - c) / h * extent + middle).astype(np.float32)
            for n, c, h, extent, middle in zip(self.shape, centre, half, BRAIN_HALF_MM, BRAIN_CENTRE_MM, strict=True)
        ]


def field_around(mask: np.ndarray, spacing_mm: float) -> HeadField:
    """Room for a head around the brain `mask`, bool [x, y, z], whose axes point right, front, up."""
    box = np.array([[part.start, part.stop - 1] for part in ndimage.find_objects(mask.view(np.uint8))[0]])
    start = box[:, 0] - np.ceil(MARGIN_MM[:, 0] / spacing_mm).astype(int)
    stop = box[:, 1] + 1 + np.ceil(MARGIN_MM[:, 1] / spacing_mm).astype(int)
    step = _coarse_step(spacing_mm)
    x, y, z = (int(n) for n in np.ceil((stop - start) / step) * step)
    return HeadField(start, (x, y, z), box - start[:, None], spacing_mm)


def _coarse_step(spacing_mm: float) -> int:
    return max(1, int(COARSE_MM / spacing_mm))


def draw_tissues(rng: np.random.Generator, mask: np.ndarray, field: HeadField) -> np.ndarray:
    """Draw a head around the brain `mask`, bool [x, y, z] on `field`; `Tissue` of each voxel, uint8 [x, y, z]."""
    inner, skull, depth, fat = (stretch(level, field.shape) for level in _draw_levels(rng, mask, field))
    tissues = np.zeros(field.shape, np.uint8)
    tissues[depth > 0] = Tissue.MUSCLE
    tissues[(depth > 0) & (fat > 0)] = Tissue.FAT
    tissues[(depth > 0) & (depth < SKIN_MM)] = Tissue.SKIN
    tissues[(skull < 1) & (depth > 0)] = Tissue.BONE
    tissues[(np.abs(skull - 0.5) < 0.22) & (depth > SKIN_MM)] = Tissue.MARROW
    brush = Brush(rng, tissues, field.axes_mm(), (inner > DURA_MM + THINNEST_BONE_MM) & (depth > SKIN_MM))
    _paint_face(brush)
    _paint_orbits(brush)
    tissues[inner < DURA_MM] = Tissue.DURA
    tissues[inner < 0] = Tissue.CSF
    _paint_sagittal_sinus(rng, tissues, inner, field.axes_mm())
    _paint_spine(brush, mask, field)
    tissues[mask] = Tissue.BRAIN
    return tissues


def _draw_levels(rng: np.random.Generator, mask: np.ndarray, field: HeadField) -> list[np.ndarray]:
    """Smooth maps on coarse voxels, each float32 [x, y, z], in mm where not said otherwise.

    How far outside the inner surface of the dura; how far through the skull (0 within, 1 without); how deep below the
    skin's surface; how far inside fat, below the skin or between muscles.
    """
    step = _coarse_step(field.spacing_mm)
    x, y, z = field.shape
    shape = x // step, y // step, z // step
    spacing_mm = step * field.spacing_mm

    def wobble(length_mm: float) -> np.ndarray:
        return field_in_box(rng, field.size_mm, shape, length_mm)

    axes = [axis.reshape(place) for axis, place in zip(field.axes_mm(step), np.eye(3, dtype=int) * -2 + 1, strict=True)]
    brain = bridge_folds(mask, step, spacing_mm)
    away = _distance_to(brain, spacing_mm)
    inner = away - np.maximum(rng.uniform(0.7, 1.5) + 0.3 * wobble(40), 0.7)
    base = np.clip((-25 - axes[2]) / 20, 0, 1)  # the skull's base is thicker
    thickness = np.maximum(rng.uniform(5, 9) + 1.2 * wobble(50) + 3 * base, 3.5)
    scalp = np.maximum(rng.uniform(4.5, 9) + wobble(50), 3.5)
    smoother = _distance_to(_closed(away, 25, spacing_mm), spacing_mm) - away  # muscles fill the temples
    outer = inner + smoother - DURA_MM - thickness - scalp
    outer = _union([outer, *_face_and_neck(rng, axes)], softness_mm=3.0) + 0.8 * wobble(45)
    depth = (ndimage.distance_transform_edt(outer < 0) - 0.5) * spacing_mm
    below_skin = rng.uniform(3.5, 9) + 1.5 * wobble(50) - depth
    between = 4 * (wobble(11) - rng.uniform(0.6, 1.4))
    return [inner, (inner - DURA_MM) / thickness, depth, np.maximum(below_skin, between)]


def bridge_folds(mask: np.ndarray, step: int, spacing_mm: float) -> np.ndarray:
    """Bridge the folds of a brain, bool [x, y, z], on voxels of `step` of its own, which are `spacing_mm` wide."""
    x, y, z = (n // step for n in mask.shape)
    share = mask.reshape(x, step, y, step, z, step).mean(axis=(1, 3, 5), dtype=np.float32)
    return (ndimage.gaussian_filter(share, 4 / spacing_mm) > 0.45) | (share > 0.5)


def _distance_to(shape: np.ndarray, spacing_mm: float) -> np.ndarray:
    """Distance in mm to the surface of `shape`, bool [x, y, z]; 0 inside."""
    return np.maximum(ndimage.distance_transform_edt(~shape) - 0.5, 0) * spacing_mm


def _closed(away: np.ndarray, reach_mm: float, spacing_mm: float) -> np.ndarray:
    """Where no ball of radius `reach_mm` fits that stays outside the shape which lies `away` mm, bool [x, y, z]."""
    return _distance_to(away > reach_mm, spacing_mm) > reach_mm


def _face_and_neck(rng: np.random.Generator, axes: Axes) -> list[np.ndarray]:
    """Levels of what the head has beside its vault: below 0 inside, about mm."""
    wide, deep, long = np.exp(rng.normal(0, 0.05, 3))
    neck = _level((*axes[:2], np.zeros(1)), (0, -32, 0), (50 * wide, 54 * deep, 1))
    return [
        _level(axes, (0, 30, -70), (65 * wide, 66 * deep, 70 * long)),
        np.maximum(neck, axes[2] + 45),
        _level(axes, (0, 94 * deep, -60), (13 * wide, 20, 24 * long)),
        *(_level(axes, (side * 74 * wide, -22, -34), (7, 15, 26 * long)) for side in (-1, 1)),
    ]


def _level(axes: Axes, centre: Sequence[float], radii: Sequence[float]) -> np.ndarray:
    squares = sum(((axis - c) / r) ** 2 for axis, c, r in zip(axes, centre, radii, strict=True))
    return (np.sqrt(squares) - 1) * min(r for r in radii if r > 1)


def _union(levels: list[np.ndarray], softness_mm: float) -> np.ndarray:
    """Union of shapes by their levels, with rounded joints."""
    return -softness_mm * np.log(sum(np.exp(np.clip(-level / softness_mm, -30, 30)) for level in levels))


class Brush:
    """Paints ellipsoids, a little different each time, into a map of tissues, only where that is `allowed`.

    `axes_mm`: coordinates along each axis, in the template's frame.
    """

    def __init__(self, rng: np.random.Generator, tissues: np.ndarray, axes_mm: Axes, allowed: np.ndarray) -> None:
        self._rng, self._tissues, self._axes, self._allowed = rng, tissues, axes_mm, allowed

    def draw(self, centre: Sequence[float], radii: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
        """A centre and radii near those given, each [3], in mm."""
        return centre + self._rng.normal(0, 1.5, 3), radii * np.exp(self._rng.normal(0, 0.08, 3))

    def paint(self, centre: Place, radii: Place, tissue: Tissue, anywhere: bool = False) -> None:
        """Fill one ellipsoid; `anywhere`: also where the brush isn't allowed otherwise."""
        window = tuple(
            slice(*np.searchsorted(axis, (c - r, c + r))) for axis, c, r in zip(self._axes, centre, radii, strict=True)
        )
        near = np.ix_(*(axis[part] for axis, part in zip(self._axes, window, strict=True)))
        inside = sum(((axis - c) / r) ** 2 for axis, c, r in zip(near, centre, radii, strict=True)) < 1
        self._tissues[window][inside if anywhere else inside & self._allowed[window]] = tissue

    def layers(self, centre, radii, *layers: tuple[float, Tissue]) -> None:
        """Nested ellipsoids about one drawn shape, from without: each so many mm larger, and of its tissue."""
        centre, radii = self.draw(centre, radii)
        for margin_mm, tissue in layers:
            self.paint(centre, radii + margin_mm, tissue)


def _paint_face(brush: Brush) -> None:
    """Jaw, palate, nose, sinuses and throat."""
    cavity = ((3.0, Tissue.BONE), (1.5, Tissue.MUCOSA), (0.0, Tissue.AIR))
    marrow = ((2.0, Tissue.BONE), (0.0, Tissue.MARROW))
    brush.layers((0, 40, -110), (40, 38, 8), *marrow)
    brush.layers((0, 30, -112), (30, 36, 14), (0.0, Tissue.MUSCLE))
    brush.layers((0, 58, -86), (24, 24, 5), *marrow)
    for side in (-1, 1):
        brush.layers((side * 46, 8, -84), (3, 12, 26), *marrow)
        brush.layers((side * 28, 52, -62), (11, 15, 14), *cavity)
        brush.layers((side * 9, 74, -8), (9, 5, 11), *cavity)
        brush.layers((side * 7, 22, -40), (7, 11, 8), *cavity)
        for cell in range(5):
            brush.layers((side * (50 + cell), -26 - 4 * cell, -42 - 5 * cell), (4, 4, 4), (0.0, Tissue.AIR))
        for cell in range(4):
            brush.layers((side * 7, 38 + 8 * cell, -34), (3.5, 3.5, 5), (1.5, Tissue.MUCOSA), (0.0, Tissue.AIR))
    brush.layers((0, 62, -60), (15, 34, 20), (1.5, Tissue.BONE), (0.0, Tissue.AIR))
    brush.paint((0, 62, -60), (1.5, 33, 19), Tissue.MUCOSA)  # the septum
    for side in (-1, 1):
        for conch in range(3):
            brush.layers((side * 8, 60, -72 + 11 * conch), (4, 24, 3.5), (0.0, Tissue.MUCOSA))
    brush.layers((0, 2, -98), (10, 6, 46), (2.0, Tissue.MUCOSA), (0.0, Tissue.AIR))


def _paint_orbits(brush: Brush) -> None:
    """Eyes with lens, in fat, and their nerves."""
    for side in (-1, 1):
        brush.layers((side * 31, 46, -37), (16, 24, 14), (0.0, Tissue.FAT))
        for end in ((31 + 11, 42, -37), (31 - 11, 42, -37), (31, 42, -37 + 10), (31, 42, -37 - 10)):
            brush.layers((side * end[0], *end[1:]), (2, 16, 2), (0.0, Tissue.MUSCLE))
        eye, radii = brush.draw((side * 33, 58, -36), (11.5, 11.5, 11.5))
        back = np.array([side * 10, 16, -26])
        for part in np.linspace(0.15, 1, 24):
            brush.paint(eye + part * (back - eye), (2.5, 2.5, 2.5), Tissue.NERVE)
        brush.paint(eye, radii + 1.0, Tissue.SKIN)
        brush.paint(eye, radii, Tissue.VITREOUS)
        brush.paint(eye + np.array([0, 0.75 * radii[1], 0]), (4.5, 2.2, 4.5), Tissue.MUSCLE)


def _paint_sagittal_sinus(rng, tissues: np.ndarray, inner: np.ndarray, axes_mm: Axes) -> None:
    """The vein along the vault's middle, within the dura."""
    width = rng.uniform(3, 6)
    x, y, z = np.ix_(*axes_mm)
    middle = np.abs(axes_mm[0]) < width
    high = (z > 0) & (np.abs(y - BRAIN_CENTRE_MM[1]) < 95)
    part = tissues[middle]
    part[(np.abs(inner[middle]) < 1 + width / 2 - np.abs(x[middle]) / 2) & high] = Tissue.SINUS
    tissues[middle] = part


def _paint_spine(brush: Brush, mask: np.ndarray, field: HeadField) -> None:
    """Vertebrae, and the canal with the cord, which goes on where the brain ends below."""
    lowest = int(field.brain_box[2, 0])
    depth = max(2, round(4 / field.spacing_mm))
    where = ndimage.center_of_mass(mask[:, :, lowest : lowest + depth].any(axis=2))
    x, y = (np.interp(at, np.arange(len(axis)), axis) for at, axis in zip(where, field.axes_mm(), strict=False))
    end = float(field.axes_mm()[2][lowest])
    for level in range(5):
        brush.layers((x, y + 20, end - 14 - 17 * level), (11, 9, 6.5), (2.0, Tissue.BONE), (0.0, Tissue.MARROW))
    cord = [(x, y - 0.08 * max(drop, 0.0), end - drop) for drop in np.arange(-4, 66, 2.0)]
    for centre in cord:
        if end - centre[2] > 12 and (end - centre[2]) % 17 < 9:
            brush.paint(centre, (15, 13, 3), Tissue.BONE)
    for centre in cord:
        brush.paint(centre, (9.5, 8.5, 3), Tissue.CSF, anywhere=True)
    for centre in cord:
        brush.paint(centre, (6, 5, 3), Tissue.NERVE, anywhere=True)
