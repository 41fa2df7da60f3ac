"""A scan: the image's Fourier transform, sampled while the head moves, cut off, noisy, and transformed back."""

from dataclasses import dataclass

import numpy as np
from scipy import fft, ndimage

from ..fields import BOX_SIZE_MM, Grid, interpolate

READ, PHASE = 0, 1
SHARPENED_MM = 1.5  # standard deviation of the blur that unsharp masking takes away


@dataclass(frozen=True)
class Scan:
    """How one modality is sampled; lengths in mm, noise as a ratio to white matter at 1 mm.

    `plane`: axis of the slices, or of the slabs of a 3-D scan, where `slice_mm` is 0. `phase`: axis of phase encoding.
    `gap`: between slices, as a share of their thickness. `resolution_mm`: acquired along read-out, and along phase.
    `crosstalk`: how much weaker every other slice is. `sharpened`: how much the scanner's own filter adds to fine
    detail within slices, or in all directions of a 3-D scan; noise and ringing grow with it.
    """

    plane: int
    phase: int
    slice_mm: float
    gap: float
    resolution_mm: tuple[float, float]
    filtered: bool
    noise: float
    crosstalk: float
    sharpened: float = 0.0


@dataclass(frozen=True)
class Motion:
    """Where the head is in each of several segments of a scan, in mm, float64 [segments, 3]."""

    shifts_mm: np.ndarray


def draw_motion(rng: np.random.Generator) -> Motion:
    """Draw a head's motion: most lie almost still, half elsewhere than in the first scan, a few move in this one.

    Of brain scans 7 to 29 % show motion (Andre et al. 2015, J Am Coll Radiol 12:689, from memory), and registration
    leaves less than a voxel.
    """
    elsewhere = rng.normal(0, 0.7, 3) * (rng.random() < 0.5)
    restless = rng.uniform(0.3, 1.5) if rng.random() < 0.16 else 0.03
    return Motion(elsewhere + restless * rng.standard_normal((int(rng.integers(2, 7)), 3)))


def scan(rng: np.random.Generator, image: np.ndarray, how: Scan, motion: Motion, grid: Grid) -> np.ndarray:
    """Scan a noiseless image, [x, y, z] with white matter at 1, and resample it to its grid. Returns magnitudes."""
    if not how.slice_mm:
        return np.abs(_through_kspace(rng, image, how, motion, grid))
    distance = how.slice_mm * (1 + how.gap)
    centres = np.arange(rng.uniform(0, distance), BOX_SIZE_MM[how.plane], distance)
    slices = interpolate(_slice_profile(image, how, grid), centres / grid.spacing_mm - 0.5, how.plane)
    seen = np.abs(_through_kspace(rng, slices, how, motion, grid))
    gain = np.where(np.arange(len(centres)) % 2, 1 - how.crosstalk, 1).astype(np.float32)
    seen *= np.moveaxis(gain.reshape(-1, 1, 1), 0, how.plane)
    voxels = (np.arange(grid.shape[how.plane]) + 0.5) * grid.spacing_mm
    return interpolate(seen, (voxels - centres[0]) / distance, how.plane)


def _slice_profile(image: np.ndarray, how: Scan, grid: Grid) -> np.ndarray:
    """What a slice excites: its thickness, with soft flanks."""
    thickness = max(1, round(how.slice_mm / grid.spacing_mm))
    excited = ndimage.uniform_filter1d(image, thickness, axis=how.plane, mode="nearest")
    return ndimage.gaussian_filter1d(excited, 0.15 * how.slice_mm / grid.spacing_mm, axis=how.plane)


def _through_kspace(rng, image: np.ndarray, how: Scan, motion: Motion, grid: Grid) -> np.ndarray:
    """Complex image of what was sampled; slices are sampled each for itself, a 3-D scan in all directions."""
    axes = [axis for axis in range(3) if axis != how.plane or not how.slice_mm]
    waves = [fft.fftfreq(n, grid.spacing_mm) for n in image.shape]  # cycles per mm
    k = fft.fftn(image.astype(np.complex64), axes=axes, norm="ortho")
    k *= moved_phase(waves, motion, how.phase, axes)
    sigma = how.noise / grid.spacing_mm
    k += sigma * (rng.standard_normal(k.shape, np.float32) + 1j * rng.standard_normal(k.shape, np.float32))
    for axis in axes:
        k *= _along(window(waves[axis], how.resolution_mm[PHASE if axis == how.phase else READ], how.filtered), axis)
    if how.sharpened:
        k *= unsharp(waves, how.sharpened, axes)
    return fft.ifftn(k, axes=axes, norm="ortho", overwrite_x=True)


def window(waves: np.ndarray, resolution_mm: float, filtered: bool) -> np.ndarray:
    """Window of 1 up to the highest wave that `resolution_mm` samples, 0 beyond, float32; `filtered`: a Hann flank."""
    relative = np.abs(waves) * 2 * resolution_mm
    soft = 0.5 * (1 + np.cos(np.pi * relative)) if filtered else 1.0
    return np.where(relative <= 1, soft, 0).astype(np.float32)


def unsharp(waves: list[np.ndarray], more: float, axes: list[int]) -> np.ndarray:
    """Gain of unsharp masking, image + `more` × (image − blurred one): 1 for constants, 1 + `more` for fine detail."""
    squared = sum(_along(waves[axis] ** 2, axis) for axis in axes)
    return (1 + more * (1 - np.exp(-2 * (np.pi * SHARPENED_MM) ** 2 * squared))).astype(np.float32)


def moved_phase(waves: list[np.ndarray], motion: Motion, phase: int, axes: list[int]) -> np.ndarray:
    """Phase e^(−2πi k·Δ), Δ the head's place when a line was sampled, complex64, to be broadcast over k-space.

    Lines along the phase axis are sampled in turn by all segments, as an interleaved scan does: hence the ghosts.
    """
    shifts = motion.shifts_mm[np.arange(len(waves[phase])) % len(motion.shifts_mm)]
    turns = sum(_along(waves[axis], axis) * _along(shifts[:, axis], phase) for axis in axes)
    return np.exp(-2j * np.pi * turns).astype(np.complex64)


def _along(values: np.ndarray, axis: int) -> np.ndarray:
    return np.moveaxis(values.reshape(-1, 1, 1), 0, axis)
