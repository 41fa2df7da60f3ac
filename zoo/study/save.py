"""Writing NIfTI files that hold a picture and its place in space, and nothing else."""

from __future__ import annotations

from pathlib import Path

import nibabel as nib
import numpy as np
from isal import igzip

INT16_MAX = 32767


def save_nifti(path: Path, data: np.ndarray, affine: np.ndarray) -> None:
    """Write data [x, y, z] or [x, y, z, channels] as .nii.gz or .nii under a new header.

    Labels, uint8, stay what they are; all else becomes sixteen-bit voxels. Of these integers are kept exactly, other
    values are scaled without an offset, so that 0 stays exactly 0.
    """
    voxels, scale = (data, 1.0) if data.dtype == np.uint8 else _sixteen_bits(data)
    image = nib.Nifti1Image(voxels, affine)
    image.header.set_slope_inter(scale, 0)
    image.header.set_xyzt_units("mm")
    content = image.to_bytes()
    path.write_bytes(igzip.compress(content, compresslevel=1) if path.suffix == ".gz" else content)


def _sixteen_bits(data: np.ndarray) -> tuple[np.ndarray, float]:
    """Voxels as int16, and the factor that makes them the data again."""
    largest = float(np.abs(data).max())
    is_integer = largest <= INT16_MAX and np.array_equal(data, np.rint(data))
    scale = 1.0 if is_integer else largest / INT16_MAX
    return np.rint(data / scale).astype(np.int16), scale
