"""What scanner and preprocessing do to a perfect image, drawn per modality."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy import ndimage

from .anatomy import Anatomy
from .fields import BOX_SIZE_MM, Grid, blur, interpolate, smooth_field


@dataclass(frozen=True)
class Acquisition:
    """How one modality of one patient was acquired; lengths in mm, noise as a ratio to white.

    `slice_mm` 0 means a 3-D sequence, else the slice thickness along axis `plane`. `ceiling` is where the receiver
    saturates, in units of white matter.
    """

    bias: float
    blur_mm: float
    noise: float
    plane: int
    slice_mm: float
    banding: float
    gamma: float
    shift_mm: tuple[float, float, float]
    stripes: float
    ceiling: float
    scale: float


def draw_acquisition(rng: np.random.Generator, thick: float = 0.5, noisy: float = 1.0) -> Acquisition:
    """Draw a modality's protocol: the share `thick` has thick slices, mostly axial; noise is the usual × `noisy`."""
    sliced = rng.random() < thick
    moved = rng.random() < 0.4
    return Acquisition(
        bias=rng.uniform(0.01, 0.13),
        blur_mm=1.3 * rng.random() ** 2,
        noise=noisy * _log_uniform(rng, 0.01, 0.12),
        plane=int(rng.choice(3, p=[0.08, 0.08, 0.84])),
        slice_mm=rng.uniform(2.0, 8.0) if sliced else 0.0,
        banding=rng.uniform(0.0, 0.03),
        gamma=_log_uniform(rng, 0.88, 1.14),
        shift_mm=tuple(rng.normal(0, 0.5, 3) if moved else np.zeros(3)),
        stripes=rng.uniform(0.01, 0.06) if rng.random() < 0.08 else 0.0,
        ceiling=rng.uniform(1.7, 3.0) if rng.random() < 0.15 else np.inf,
        scale=_log_uniform(rng, 100, 2000),
    )


def _log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


Scanner = Callable[[np.random.Generator], Acquisition]
# T1 and T1ce are more often 3-D sequences, and less noisy in units of white matter, than T2 and FLAIR.
ANY_SCANNERS: tuple[Scanner, ...] = (
    partial(draw_acquisition, thick=0.8, noisy=0.7),
    partial(draw_acquisition, thick=0.55),
    partial(draw_acquisition, thick=0.85, noisy=1.8),
    partial(draw_acquisition, thick=0.85, noisy=2.0),
)
"""Scanners that make no two studies alike."""


def acquire(
    rng: np.random.Generator,
    images: np.ndarray,
    mask: np.ndarray,
    grid: Grid,
    scanners: Sequence[Scanner] = ANY_SCANNERS,
    fades: bool = True,
) -> np.ndarray:
    """Scan noiseless `images` [4, x, y, z] (white matter = 1) inside `mask` [x, y, z].

    Each of the four `scanners` draws how its modality is acquired. Unless told otherwise the border fades, as
    that of a brain does which was resampled once stripped. Returns float32 images in arbitrary units, at least 1
    inside the mask, 0 outside.
    """
    coil = smooth_field(rng, grid, 110)
    scanned = np.zeros_like(images)
    for image, out, draw in zip(images, scanned, scanners, strict=True):
        out[:] = scan(rng, image, coil, draw(rng), grid)
    if fades:  # preprocessing resampled the stripped brain, which mixed its border with the background
        covered = blur(mask.astype(np.float32), max(0.8, 0.4 * grid.spacing_mm), grid)
        scanned *= 1 - rng.uniform(0, 1) * (1 - covered)
    return np.where(mask, np.maximum(scanned, 1.0), np.float32(0))


def scan(rng, image: np.ndarray, coil: np.ndarray, how: Acquisition, grid: Grid) -> np.ndarray:
    """Scan one modality, from noiseless tissue to resampled intensities, in physical order."""
    image = image * np.exp(how.bias * (0.7 * coil + 0.7 * smooth_field(rng, grid, 90)))
    if how.stripes:
        image = image * (1 + how.stripes * _stripes(rng, grid))
    if any(how.shift_mm):
        image = ndimage.shift(image, np.array(how.shift_mm) / grid.spacing_mm, order=1, mode="nearest")
    image = blur(image, how.blur_mm, grid)
    if how.slice_mm:
        image = _thick_slices(rng, image, how, grid)
    else:
        image = blur(rician(rng, image, how.noise / grid.spacing_mm), 0.5, grid)
    return how.scale * saturate(image, how.ceiling) ** how.gamma


def saturate(image: np.ndarray, ceiling: float) -> np.ndarray:
    """Saturate: a receiver gives less and less above `ceiling`, and hardly changes what is at half of it."""
    return image * (1 + (image / ceiling) ** 6) ** np.float32(-1 / 6)


def rician(rng: np.random.Generator, image: np.ndarray, sigma: float) -> np.ndarray:
    """Magnitude of a complex signal with Gaussian noise (Gudbjartsson and Patz 1995)."""
    real = image + sigma * rng.standard_normal(image.shape, dtype=np.float32)
    return np.hypot(real, sigma * rng.standard_normal(image.shape, dtype=np.float32))


def _stripes(rng, grid: Grid) -> np.ndarray:
    """Ghosts of motion: waves along one in-plane axis."""
    axis = int(rng.integers(2))
    wave = np.sin(grid.axes_mm()[axis] * 2 * np.pi / rng.uniform(6, 20) + rng.uniform(0, 6.3))
    return np.moveaxis(wave.reshape(-1, 1, 1), 0, axis).astype(np.float32)


def _thick_slices(rng, image: np.ndarray, how: Acquisition, grid: Grid) -> np.ndarray:
    """Average into slices, add noise and banding there, and interpolate back to the grid."""
    centres = np.arange(rng.uniform(0, how.slice_mm), BOX_SIZE_MM[how.plane], how.slice_mm)
    profile = how.slice_mm / 2.355 / grid.spacing_mm
    averaged = ndimage.gaussian_filter1d(image, profile, axis=how.plane, truncate=2.5)
    slices = interpolate(averaged, centres / grid.spacing_mm - 0.5, how.plane)
    slices = rician(rng, slices, how.noise / grid.spacing_mm)
    gain = (1 + how.banding * rng.standard_normal(len(centres))).astype(np.float32)
    slices *= np.moveaxis(gain.reshape(-1, 1, 1), 0, how.plane)
    voxels = (np.arange(grid.shape[how.plane]) + 0.5) * grid.spacing_mm
    return interpolate(slices, (voxels - centres[0]) / how.slice_mm, how.plane)


def skull_strip_mask(rng: np.random.Generator, anatomy: Anatomy, lesion: np.ndarray, grid: Grid):
    """Imperfect skull strip: uneven border, remnants of dura and scalp, a cut-off bottom.

    The lesion (fractions, [x, y, z]) is never stripped except by the cut. Returns bool [x, y, z].
    """
    rough = rng.uniform(0.2, 1.8) * smooth_field(rng, grid, 18)
    brain = (anatomy.depth_mm > rng.uniform(-1.2, 1.5) + rough) | (lesion > 0.3)
    if rng.random() < 0.75:
        patch = smooth_field(rng, grid, 28) > rng.uniform(0.8, 2.6)
        brain |= patch & (anatomy.depth_mm > -rng.uniform(2, 6))
    if rng.random() < 0.3:
        z = grid.points_mm()[2] + rng.normal(0, 0.08) * grid.points_mm()[1]
        brain &= z > -74 + rng.uniform(8, 40)
    return brain & (anatomy.depth_mm > -7)


def perfect_strip_mask(anatomy: Anatomy, lesion: np.ndarray, grid: Grid) -> np.ndarray:
    """Brain with its lesion (fractions, [x, y, z]) as a strip without errors would leave it; bool [x, y, z]."""
    return (anatomy.depth_mm > 0) | ((lesion > 0.3) & (anatomy.depth_mm > -grid.spacing_mm))
