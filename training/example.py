"""The simulated study that the page offers for one click: full resolution, eight bits a voxel."""

from __future__ import annotations

from pathlib import Path

import nibabel as nib
import numpy as np

from training.simulation import simulate_study
from zoo import MODALITIES

BRIGHTEST = 250
CLIPPED_PERCENTILE = 99.9


def write_example(out: Path, seed: int, index: int, spacing_mm: float = 1.0) -> Path:
    """Write OUT/simulated-hgg or -lgg with one NIfTI a modality; uint8, 0 outside the brain. Returns the folder."""
    study = simulate_study(seed, index, spacing_mm)
    folder = out / f"simulated-{study.grade.lower()}"
    folder.mkdir(parents=True, exist_ok=True)
    for name, image in zip(MODALITIES, study.images, strict=True):
        scan = nib.Nifti1Image(to_eight_bits(image), study.affine)
        scan.header.set_xyzt_units("mm")
        nib.save(scan, folder / f"{folder.name}_{name}.nii.gz")
    return folder


def to_eight_bits(image: np.ndarray) -> np.ndarray:
    """Intensities scaled to 1 … 255 inside the brain, which keeps the file small; 0 stays 0."""
    brightest = np.percentile(image[image > 0], CLIPPED_PERCENTILE)
    scaled = np.clip(np.rint(image * (BRIGHTEST / brightest)), 1, 255)
    return np.where(image > 0, scaled, 0).astype(np.uint8)
