"""What a crop looks like in numbers, from which real and simulated ones are told apart."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from .intensities import CHANNELS, QUANTILES
from .scans import AXES, fall_off
from .study import NormalisedStudy

CROP_MM = 32.0
CROPS = 12  # of a study; half of them on the tumour where there is a mask
FILLED = 0.8
FEATURES = (
    *(f"quantile {q}" for q in QUANTILES),
    *(f"{what} {axis}" for what in ("gradient", "fall-off") for axis in AXES),
    "local deviation",
)


def draw_crops(study: NormalisedStudy, rng: np.random.Generator) -> np.ndarray:
    """Cubes of `CROP_MM`, nearly all brain, [N, 5, d, h, w] as in `CHANNELS`; N up to `CROPS`, 0 in a tiny brain."""
    size = round(CROP_MM / study.spacing_mm)
    filled = ndimage.uniform_filter(study.brain.astype(np.float32), size, mode="constant") > FILLED
    on_tumour = _draw(rng, filled & study.tumour, CROPS // 2)
    corners = np.concatenate([on_tumour, _draw(rng, filled, CROPS - len(on_tumour))]) - size // 2
    channels = np.stack([*study.images, study.delta])
    inside = [c for c in corners if (c >= 0).all() and (c + size <= study.brain.shape).all()]
    crops = [channels[(slice(None), *(slice(a, a + size) for a in corner))] for corner in inside]
    return np.array(crops).reshape(-1, len(channels), size, size, size)


def _draw(rng: np.random.Generator, mask: np.ndarray, count: int) -> np.ndarray:
    """Voxels of the mask, [up to count, 3]."""
    found = np.argwhere(mask)
    return found[rng.choice(len(found), min(count, len(found)), replace=False)]


def describe_crop(crop: np.ndarray) -> np.ndarray:
    """Features of [5, d, h, w], float [5, F] in the order of `FEATURES`."""
    return np.array([_describe(channel) for channel in crop])


def _describe(channel: np.ndarray) -> list[float]:
    """Measure gradients and deviations by the crop's own spread, so that they tell texture and not contrast."""
    spread = channel.std() + 1e-6
    gradients = [np.abs(np.diff(channel, axis=axis)).mean() / spread for axis in range(3)]
    mean, square = (ndimage.uniform_filter(values, 3) for values in (channel, channel**2))
    local = np.sqrt(np.maximum(square - mean**2, 0)).mean() / spread
    falls = [fall_off(channel, axis) for axis in range(3)]
    return [*np.quantile(channel, QUANTILES), *gradients, *falls, local]


def feature_names() -> list[str]:
    """Name the features of a flattened `describe_crop`, such as "t2 fall-off z"."""
    return [f"{channel} {feature}" for channel in CHANNELS for feature in FEATURES]
