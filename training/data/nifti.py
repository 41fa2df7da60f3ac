"""Images and masks of a cohort's studies, opened as they are stored."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import nibabel as nib
import numpy as np
from nibabel.spatialimages import SpatialImage


def open_image(path: Path) -> SpatialImage:
    """Open an image, of which the header is read at once and the voxels when they are asked for."""
    return cast(SpatialImage, nib.load(path))


def read_mask(path: Path) -> np.ndarray:
    """Read a tumour mask's labels as they are stored, [x, y, z]."""
    return np.asarray(open_image(path).dataobj)
