"""The picture of a simulated study for the page: T1ce and FLAIR side by side, at one level through the tumour."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageOps

from zoo import MODALITIES

SHOWN = ("t1ce", "flair")
SIZE = (400, 240)  # pixels across, down
MARGIN_VOXELS = 4
CORE = (1, 4)  # BraTS labels: necrotic or non-enhancing, enhancing
BRIGHTEST_PERCENT = 0.2  # of a slice, shown as white: a vessel alone must not darken it


def draw_thumbnail(scans: np.ndarray, labels: np.ndarray) -> Image.Image:
    """Draw scans, uint8 [4, x, y, z], 0 outside the brain, where labels [x, y, z] have most of the core; RAS axes."""
    level = np.isin(labels, CORE).sum(axis=(0, 1)).argmax()
    slices = scans[[MODALITIES.index(name) for name in SHOWN], :, :, level]
    slices = slices[:, *_bounding_box(slices[0] > 0)]
    return ImageOps.pad(Image.fromarray(np.hstack([_upright(image) for image in slices])), SIZE)


def _bounding_box(mask: np.ndarray) -> tuple[slice, ...]:
    return tuple(slice(indices.min(), indices.max() + 1) for indices in mask.nonzero())


def _upright(image: np.ndarray) -> np.ndarray:
    """Turn [x, y] to [rows, columns] in radiological view: anterior on top, the patient's right on the left."""
    picture = Image.fromarray(np.ascontiguousarray(image[::-1, ::-1].T))
    return np.asarray(ImageOps.expand(ImageOps.autocontrast(picture, (0, BRIGHTEST_PERCENT)), MARGIN_VOXELS))
