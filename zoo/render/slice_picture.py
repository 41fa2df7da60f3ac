"""A slice of a scan as a picture, for where there is no viewer: radiological view, anterior on top."""

from __future__ import annotations

import io
from base64 import b64encode

import nibabel as nib
import numpy as np
from PIL import Image

WHITE_PERCENTILE = 99.5
THUMBNAIL = 160
"""Longer side of a small picture, in pixels."""


def canonical(data: np.ndarray, affine: np.ndarray) -> np.ndarray:
    """Turn the axes of data [C, x, y, z] towards the patient's right, front and head."""
    image = nib.as_closest_canonical(nib.Nifti1Image(np.moveaxis(data, 0, -1), affine))
    return np.moveaxis(np.asarray(image.dataobj), -1, 0)


def grey(scan: np.ndarray) -> np.ndarray:
    """Colour a slice [x, y] in grey, float [x, y, 3] from 0 to 255."""
    white = float(np.percentile(scan[scan > 0], WHITE_PERCENTILE)) if (scan > 0).any() else 1.0
    return np.repeat(np.clip(scan / white, 0, 1)[..., None] * 255, 3, axis=-1)


def as_seen(colours: np.ndarray) -> np.ndarray:
    """Lay a slice [x, y, 3], 0 to 255, as it is looked at, uint8 [row, column, 3]: x to the patient's left, y to the
    back; of other planes the front to the left, and the top above."""
    return colours.round().astype(np.uint8)[::-1, ::-1].transpose(1, 0, 2)


def middle_slice(scan: np.ndarray, affine: np.ndarray) -> bytes:
    """Draw the middle slice of a scan [x, y, z] as it was taken, which is across its coarsest axis, small, as a PNG.

    affine: float64 [4, 4], voxel to world in mm.
    """
    image = nib.as_closest_canonical(nib.Nifti1Image(scan, affine))
    across = int(np.argmax(image.header.get_zooms()))
    middle = as_seen(grey(np.asarray(image.dataobj).take(image.shape[across] // 2, across)))
    width, height = np.delete(np.multiply(image.shape, image.header.get_zooms()), across)
    small = THUMBNAIL / max(width, height)
    return png(np.asarray(Image.fromarray(middle).resize((round(small * width), round(small * height)))))


def embedded(picture: bytes) -> str:
    """Write a PNG as an address, for HTML that is complete in itself."""
    return f"data:image/png;base64,{b64encode(picture).decode()}"


def png(picture: np.ndarray) -> bytes:
    """Write a picture, uint8 [row, column, 3], as a PNG."""
    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(picture)).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
