"""Studies as other scanners would have given them, for experiments on shift; and controls that take away evidence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from scipy import ndimage
from scipy.spatial.transform import Rotation

from zoo import MODALITIES, MODALITY_TITLES, Volumes, ZooError
from zoo.study.brain import brain_mask
from zoo.study.prepare import white_matter_levels

T1, T1CE = MODALITIES.index("t1"), MODALITIES.index("t1ce")
LEAST = 0.001  # of white matter: brain never becomes background
FWHM = 2.355  # full width at half maximum of a Gaussian of standard deviation 1
FIELD_WAVES, FIELD_WAVELENGTH_MM = 8, 220.0
SEAM_MM = 6.0  # over which what is put in place of a tumour fades into the brain around it


class CorruptionError(ZooError):
    """A corruption that can't be made, or not of this study."""


@dataclass(frozen=True)
class Corruption:
    """One kind of change. amounts: of severity 1, 2, …, each in `unit`.

    change(volumes, amount, rng) -> Volumes; with `needs_mask`, change(volumes, amount, tumour), a bool [x, y, z].
    """

    change: Callable[..., Volumes]
    unit: str
    amounts: tuple[float, ...]
    needs_mask: bool = False


def corrupt(volumes: Volumes, kind: str, severity: int, seed: int, mask: np.ndarray | None = None) -> Volumes:
    """A study with the corruption `kind` of `KINDS`; severity 0 is the study itself.

    mask: [x, y, z] on the study's grid, not 0 in the tumour. What is drawn at random depends on seed, study and kind
    only, so a study changes in the same way at every severity, and more. Only scans that are present change; brain
    stays above 0 and background 0. Raises `CorruptionError`.
    """
    amounts = _expect_kind(kind).amounts
    if severity not in range(len(amounts) + 1):
        raise CorruptionError(f"{kind}: expected a severity from 0 to {len(amounts)}, found {severity}.")
    if severity == 0:
        return volumes
    if needs_mask(kind):
        return KINDS[kind].change(volumes, amounts[severity - 1], _tumour(volumes, kind, mask))
    rng = np.random.default_rng([seed, *f"{kind} of {volumes.id}".encode()])
    return KINDS[kind].change(volumes, amounts[severity - 1], rng)


def needs_mask(kind: str) -> bool:
    """Tell whether a change is made where the tumour is. Raises `CorruptionError` for another kind than of `KINDS`."""
    return _expect_kind(kind).needs_mask


def _expect_kind(kind: str) -> Corruption:
    if kind not in KINDS:
        raise CorruptionError(f"corruption: expected one of {', '.join(KINDS)}; found {kind!r}.")
    return KINDS[kind]


def _tumour(volumes: Volumes, kind: str, mask: np.ndarray | None) -> np.ndarray:
    fits = mask is not None and mask.shape == volumes.brain.shape
    tumour = volumes.brain & (mask != 0) if fits else np.zeros(0, bool)
    if not tumour.any():
        found = "none" if mask is None else "one without tumour" if fits else f"shape {mask.shape}"
        raise CorruptionError(
            f"{volumes.id}: {kind}: expected a tumour mask of shape {volumes.brain.shape}, found {found}; "
            "put the study's _seg file beside its scans, or leave this control out."
        )
    return tumour


def bias_field(volumes: Volumes, percent: float, rng: np.random.Generator) -> Volumes:
    """The coil's smooth field, shared by the scans, and a little of each scan's own; at most `percent` up or down."""
    points = (np.argwhere(volumes.brain) @ volumes.affine[:3, :3].T + volumes.affine[:3, 3]).astype(np.float32)
    waves = rng.normal(0, 2 * np.pi / FIELD_WAVELENGTH_MM, (3, FIELD_WAVES)).astype(np.float32)
    strengths = rng.standard_normal((FIELD_WAVES, 1)) + 0.3 * rng.standard_normal((FIELD_WAVES, 4))
    field = np.cos(points @ waves + rng.uniform(0, 2 * np.pi, FIELD_WAVES)) @ strengths  # [N, 4]
    field -= field.mean(axis=0)
    field /= np.abs(field).max(axis=0)
    return _with_brain(volumes, _in_brain(volumes) * (1 + percent / 100 * field.T))


def noise(volumes: Volumes, percent: float, rng: np.random.Generator) -> Volumes:
    """Rician noise (Gudbjartsson and Patz 1995); larger voxels have less, as averages of those of 1 mm³ would."""
    voxel_mm3 = abs(np.linalg.det(volumes.affine[:3, :3]))
    sigma = (percent / 100 / np.sqrt(voxel_mm3) * white_matter_levels(volumes))[:, None].astype(np.float32)
    values = _in_brain(volumes)
    real, imaginary = (sigma * rng.standard_normal(values.shape, dtype=np.float32) for _ in range(2))
    return _with_brain(volumes, np.hypot(values + real, imaginary))


def contrast(volumes: Volumes, exponent: float, rng: np.random.Generator) -> Volumes:
    """Intensities, as a ratio to white matter, to the power of `exponent` or of its inverse, all scans alike."""
    levels = white_matter_levels(volumes)[:, None]
    values = np.maximum(_in_brain(volumes) / levels, LEAST)
    return _with_brain(volumes, levels * values ** np.float32(exponent ** rng.choice((-1, 1))))


def thick_slices(volumes: Volumes, slice_mm: float, rng: np.random.Generator) -> Volumes:
    """Axial slices that average over their thickness, interpolated back to the grid."""
    spacing = _spacing(volumes)
    axis = int(np.argmax(np.abs(volumes.affine[2, :3]) / spacing))
    return _mixed(volumes, {axis: partial(_slice_weights, thickness=slice_mm / spacing[axis])})


def blur(volumes: Volumes, fwhm_mm: float, rng: np.random.Generator) -> Volumes:
    """A Gaussian point-spread function, the same in all directions."""
    sigmas = fwhm_mm / FWHM / _spacing(volumes)
    return _mixed(volumes, {axis: partial(_gaussian_weights, sigma=sigma) for axis, sigma in enumerate(sigmas)})


def rotation(volumes: Volumes, degrees: float, rng: np.random.Generator) -> Volumes:
    """The head turned about its left–right and its foot–head axis; what leaves the grid is cut off."""
    turn = Rotation.from_euler("xz", degrees * rng.choice((-1, 1), 2), degrees=True).as_matrix()
    to_source = _motion(volumes, turn)
    brain = ndimage.affine_transform(volumes.brain, to_source[:3, :3], to_source[:3, 3], order=0)
    voxels = np.argwhere(brain).T
    scans = np.stack([_read(scan, to_source, voxels) for scan in volumes.data])
    return _with_brain(volumes, scans / _read(volumes.brain, to_source, voxels), brain)


def without(volumes: Volumes, count: float, rng: np.random.Generator, modality: str) -> Volumes:
    """The study as if a scan had not been taken."""
    present = volumes.present & (np.array(MODALITIES) != modality)
    if not present.any():
        raise CorruptionError(f"{volumes.id}: expected scans besides {MODALITY_TITLES[modality]}, found no other.")
    data = volumes.data * present[:, None, None, None]
    return replace(volumes, data=data, present=present, brain=brain_mask(data))


def lesion_swap(volumes: Volumes, percent: float, tumour: np.ndarray) -> Volumes:
    """The tumour replaced by the mirrored hemisphere; where that isn't healthy, by what is healthy next to it."""
    to_source, box = _motion(volumes, np.diag([-1.0, 1, 1])), _box(volumes, tumour)
    voxels = np.mgrid[box]
    mirrored = np.stack([_read(scan, to_source, voxels) for scan in volumes.data])
    sound = _read(volumes.brain & ~tumour, to_source, voxels) > 0.99
    if not sound.any():
        raise CorruptionError(f"{volumes.id}: lesion swap: expected healthy brain opposite the tumour, found none.")
    nearest = ndimage.distance_transform_edt(~sound, _spacing(volumes), return_distances=False, return_indices=True)
    return _blended(volumes, mirrored[:, *nearest], tumour, box, percent)


def no_enhancement(volumes: Volumes, percent: float, tumour: np.ndarray) -> Volumes:
    """Take enhancement away: within the tumour, T1 at T1ce's level of white matter stands in for T1ce."""
    if not volumes.present[[T1, T1CE]].all():
        found = ", ".join(MODALITY_TITLES[name] for name in volumes.modalities)
        raise CorruptionError(f"{volumes.id}: no enhancement: expected T1 and T1ce, found {found}.")
    levels, box = white_matter_levels(volumes), _box(volumes, tumour)
    fill = volumes.data[:, *box].copy()
    fill[T1CE] = fill[T1] * (levels[T1CE] / levels[T1])
    return _blended(volumes, fill, tumour, box, percent)


KINDS = {
    "bias field": Corruption(bias_field, "largest change of intensity, %", (10, 20, 40, 60)),
    "noise": Corruption(noise, "standard deviation at 1 mm³, % of white matter", (5, 10, 20, 40)),
    "thick slices": Corruption(thick_slices, "thickness, mm", (3, 4, 6, 8)),
    "blur": Corruption(blur, "full width at half maximum, mm", (2, 4, 6, 8)),
    "contrast": Corruption(contrast, "exponent or its inverse", (1.15, 1.3, 1.5, 1.8)),
    "rotation": Corruption(rotation, "degrees about each of two axes", (5, 10, 15, 20)),
    **{f"without {name}": Corruption(partial(without, modality=name), "scans missing", (1,)) for name in MODALITIES},
    "lesion swap": Corruption(lesion_swap, "share of the tumour replaced, %", (25, 50, 75, 100), needs_mask=True),
    "no enhancement": Corruption(no_enhancement, "share of T1ce replaced, %", (25, 50, 75, 100), needs_mask=True),
}


def _spacing(volumes: Volumes) -> np.ndarray:
    """Voxel size along each axis of the grid, mm [3]."""
    return np.linalg.norm(volumes.affine[:3, :3], axis=0)


def _in_brain(volumes: Volumes) -> np.ndarray:
    """Intensities of the brain's N voxels, float32 [4, N]."""
    return volumes.data[:, volumes.brain]


def _with_brain(volumes: Volumes, values: np.ndarray, brain: np.ndarray | None = None) -> Volumes:
    """The study with other intensities [4, N] in its brain, which may have moved; absent scans stay 0."""
    brain = volumes.brain if brain is None else brain
    least = LEAST * white_matter_levels(volumes)[:, None]
    data = np.zeros_like(volumes.data)
    data[:, brain] = np.maximum(values, least) * volumes.present[:, None]
    return replace(volumes, data=data, brain=brain)


def _mixed(volumes: Volumes, weights: dict[int, Callable[[int], np.ndarray]]) -> Volumes:
    """Replace every brain voxel by a weighted mean of those along axes; weights(n) is [n, n], to and from."""
    (box,) = ndimage.find_objects(volumes.brain.astype(np.uint8))
    brain = volumes.brain[box]
    mixed = np.concatenate([volumes.data[:, *box], brain[None]], dtype=np.float32)
    for axis, make in weights.items():
        matrix = make(brain.shape[axis]).astype(np.float32)
        mixed = np.moveaxis(np.tensordot(mixed, matrix, (axis + 1, 1)), -1, axis + 1)
    inside = mixed[:, brain]
    return _with_brain(volumes, inside[:4] / inside[4])


def _slice_weights(size: int, thickness: float) -> np.ndarray:
    """Average over slices, centred on the axis, and interpolate linearly between their centres; lengths in voxels."""
    count = int(np.ceil(size / thickness))
    voxels = np.arange(size) - (size - 1) / 2
    slices = (np.arange(count) - (count - 1) / 2)[:, None] * thickness
    covered = np.clip((thickness + 1) / 2 - np.abs(voxels - slices), 0, min(thickness, 1))
    between = np.clip(1 - np.abs(voxels - slices) / thickness, 0, None)
    return between.T @ covered


def _gaussian_weights(size: int, sigma: float) -> np.ndarray:
    voxels = np.arange(size)
    return np.exp(-0.5 * ((voxels - voxels[:, None]) / sigma) ** 2)


def _motion(volumes: Volumes, turn: np.ndarray) -> np.ndarray:
    """Where each voxel comes from, float64 [4, 4], when the head is turned by [3, 3] about its centre in the world."""
    centre = volumes.affine @ [*np.argwhere(volumes.brain).mean(axis=0), 1]
    motion = np.eye(4)
    motion[:3, :3] = turn
    motion[:3, 3] = centre[:3] - turn @ centre[:3]
    return np.linalg.inv(motion @ volumes.affine) @ volumes.affine


def _read(volume: np.ndarray, to_source: np.ndarray, voxels: np.ndarray) -> np.ndarray:
    """The volume [x, y, z] where `voxels` [3, ...] come from, linearly interpolated, float32 [...]; 0 beyond."""
    source = np.tensordot(to_source[:3, :3], voxels, axes=1).T + to_source[:3, 3]
    return ndimage.map_coordinates(volume.astype(np.float32, copy=False), source.T, order=1)


def _box(volumes: Volumes, tumour: np.ndarray) -> tuple[slice, ...]:
    """The tumour's bounding box with room for the seam."""
    near = ndimage.find_objects(tumour.astype(np.uint8))[0]
    margins = np.ceil(SEAM_MM / _spacing(volumes)).astype(int)
    sides = zip(near, margins, tumour.shape, strict=True)
    return tuple(slice(max(0, side.start - margin), min(side.stop + margin, size)) for side, margin, size in sides)


def _blended(volumes: Volumes, fill: np.ndarray, tumour: np.ndarray, box: tuple, percent: float) -> Volumes:
    """The study with `percent` of `fill` [4, x, y, z] of the box in its tumour, fading over the seam around it."""
    distance_mm = ndimage.distance_transform_edt(~tumour[box], _spacing(volumes))
    share = percent / 100 * np.clip(1 - distance_mm / SEAM_MM, 0, 1)
    data = volumes.data.copy()
    data[:, *box] += share.astype(np.float32) * (fill - data[:, *box])
    return _with_brain(volumes, data[:, volumes.brain])
