"""The studies that are graded, as large as those of BraTS: one for each round of a step."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import nibabel as nib
import numpy as np

from tests_support import brain_image, save_scan
from zoo import MODALITIES

COPIES = 6
SHAPE = (240, 240, 155)
REAL_CASES = "GLIOMA_ZOO_REAL_CASES"

Scans = dict[str, tuple[np.ndarray, np.ndarray]]
"""By modality, int16 voxels and the affine."""


def write_studies(folder: Path) -> tuple[list[Path], str]:
    """Write `COPIES` folders, and say what kind of study they hold; each is a little brighter than the one before, so
    that nothing is answered from what was remembered of another round."""
    real = next(_real_scans(), None)
    scans = real or _synthetic_scans()
    studies = [folder / f"study{number}" for number in range(COPIES)]
    for number, study in enumerate(studies):
        study.mkdir(parents=True)
        for name, (voxels, affine) in scans.items():
            brighter = np.rint(voxels * (1 + number / 100)).astype(np.int16)
            save_scan(study / f"case_{name}.nii.gz", brighter, affine)
    return studies, "a real study" if real else f"a synthetic study ({REAL_CASES} names no real one)"


def _real_scans() -> Iterator[Scans]:
    for folder in sorted(Path(os.environ[REAL_CASES]).iterdir()) if REAL_CASES in os.environ else []:
        files = {name: next(folder.glob(f"*_{name}.nii.gz"), None) for name in MODALITIES}
        scans = {name: nib.load(path) for name, path in files.items() if path}
        if len(scans) == len(MODALITIES) and all(scan.shape == SHAPE for scan in scans.values()):
            yield {name: (np.asarray(scan.dataobj), scan.affine) for name, scan in scans.items()}


def _synthetic_scans() -> Scans:
    affine = np.diag([-1.0, -1.0, 1.0, 1.0])
    affine[:3, 3] = -affine[:3, :3] @ ((np.array(SHAPE) - 1) / 2)
    rng = np.random.default_rng(0)
    images = {name: brain_image(name, affine, SHAPE) for name in MODALITIES}
    noisy = {name: image + (image > 0) * rng.normal(0, 8, image.shape) for name, image in images.items()}
    return {name: (voxels, affine) for name, voxels in noisy.items()}
