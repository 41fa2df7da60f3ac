"""What the scanner left in a study: sharpness along each axis, noise, saturation, what is bright outside the tumour."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from zoo import MODALITIES

from .study import NormalisedStudy

AXES = ("z", "y", "x")
BRIGHT = 0.35
"""T1ce − T1 in units of white matter, more than most enhancing tumour has."""
FAINTEST = 1e-12  # power, so that nothing has a fall-off of 0


def measure_scan(study: NormalisedStudy) -> dict[str, float]:
    """Facts of one study, with those of a modality named like "t2 noise"; the study needs no mask."""
    outside = study.brain & ~study.tumour
    facts = {
        "brain_ml": float(study.brain.sum()) * study.voxel_ml,
        "bright_outside_ml": float((study.delta[outside] > BRIGHT).sum()) * study.voxel_ml,
    }
    for name, image in zip(MODALITIES, study.images, strict=True):
        facts[f"{name} noise"] = noise(image, study.brain)
        facts[f"{name} brightest"] = float(np.quantile(image[outside], 0.995))
        decibels = [fall_off(_middle(image), axis) for axis in range(3)]
        facts |= {f"{name} fall-off {axis}": value for axis, value in zip(AXES, decibels, strict=True)}
        facts[f"{name} anisotropy"] = max(decibels) - min(decibels)
    return facts


def noise(image: np.ndarray, brain: np.ndarray) -> float:
    """Standard deviation of a voxel about its neighbours: white noise of that size in [D, H, W] where nothing else is.

    Median-based, so that edges count little.
    """
    neighbours = ndimage.generate_binary_structure(3, 1).astype(np.float32) / 6
    neighbours[1, 1, 1] = 0
    about = image - ndimage.convolve(image, neighbours)
    inner = ndimage.binary_erosion(brain)
    return float(1.4826 * np.median(np.abs(about[inner])) / np.sqrt(7 / 6))


def fall_off(box: np.ndarray, axis: int) -> float:
    """How much weaker the finer half of the frequencies along `axis` is than the coarser half, in decibel.

    Thick slices and blur raise it; white noise has 0.
    """
    lines = np.moveaxis(box, axis, -1)
    lines = (lines - lines.mean(axis=-1, keepdims=True)) * np.hanning(lines.shape[-1])
    power = (np.abs(np.fft.rfft(lines)) ** 2).mean(axis=(0, 1))[1:]
    half = len(power) // 2
    coarse, fine = power[:half].mean() + FAINTEST, power[half:].mean() + FAINTEST
    return float(10 * np.log10(coarse / fine))


def _middle(image: np.ndarray) -> np.ndarray:
    """The middle half along each axis, which lies within the brain."""
    return image[tuple(slice(size // 4, size - size // 4) for size in image.shape)]
