"""Writing NIfTI files that hold a picture and its place in space, and nothing else."""

from __future__ import annotations

from pathlib import Path

import nibabel as nib
import numpy as np
from isal import igzip

INT16_MAX = 32767


def save_nifti(path: Path, data: np.ndarray, affine: np.ndarray) -> None:
    """Write data [x, y, z] or [x, y, z, 4] as .nii.gz or .nii: sixteen-bit voxels under a new header.

    Integers are kept exactly. Other values are scaled without an offset, so that 0 stays exactly 0.
    """
    largest = float(np.abs(data).max())
    is_integer = largest <= INT16_MAX and np.array_equal(data, np.rint(data))
    scale = 1.0 if is_integer else largest / INT16_MAX
    image = nib.Nifti1Image(np.rint(data / scale).astype(np.int16), affine)
    image.header.set_slope_inter(scale, 0)
    image.header.set_xyzt_units("mm")
    content = image.to_bytes()
    path.write_bytes(igzip.compress(content, compresslevel=1) if path.suffix == ".gz" else content)
