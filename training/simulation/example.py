"""Simulated studies that the zoo ships, eight bits a voxel: examples with their pictures, and reference brains."""

from __future__ import annotations

import gzip
from pathlib import Path

import nibabel as nib
import numpy as np

from zoo import MODALITIES

from . import SimulatedStudy, simulate_study
from .thumbnail import draw_thumbnail

BRIGHTEST = 250
CLIPPED_PERCENTILE = 99.9


def write_example(out: Path, seed: int, index: int, grade: str, spacing_mm: float = 1.0) -> Path:
    """Write OUT/simulated-hgg or -lgg with one NIfTI a modality, uint8, 0 outside the brain, and its picture beside it.

    Returns the folder.
    """
    study = simulate_study(seed, index, spacing_mm, grade)
    folder = out / f"simulated-{grade.lower()}"
    scans = _write_scans(study, folder)
    draw_thumbnail(scans, study.labels).save(folder.with_suffix(".webp"))
    return folder


def write_reference(out: Path, seed: int, index: int, spacing_mm: float = 2.0) -> Path:
    """Write OUT/reference-INDEX: a simulated study without its tumour, as an example is written; returns the folder."""
    folder = out / f"reference-{index}"
    _write_scans(simulate_study(seed, index, spacing_mm, tumour=False), folder)
    return folder


def _write_scans(study: SimulatedStudy, folder: Path) -> np.ndarray:
    """Write one NIfTI a modality; returns them, uint8 [4, x, y, z]."""
    scans = np.stack([to_eight_bits(image) for image in study.images])
    folder.mkdir(parents=True, exist_ok=True)
    for name, scan in zip(MODALITIES, scans, strict=True):
        _save(scan, study.affine, folder / f"{folder.name}_{name}.nii.gz")
    return scans


def to_eight_bits(image: np.ndarray) -> np.ndarray:
    """Intensities scaled to 1 … 255 inside the brain, which keeps the file small; 0 stays 0."""
    brightest = np.percentile(image[image > 0], CLIPPED_PERCENTILE)
    scaled = np.clip(np.rint(image * (BRIGHTEST / brightest)), 1, 255)
    return np.where(image > 0, scaled, 0).astype(np.uint8)


def _save(scan: np.ndarray, affine: np.ndarray, path: Path) -> None:
    image = nib.Nifti1Image(scan, affine)
    image.header.set_xyzt_units("mm")
    path.write_bytes(gzip.compress(image.to_bytes(), mtime=0))  # smaller than nibabel's own, and the same each time
