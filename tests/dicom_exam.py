"""An exam as a scanner exports it: the four raw series of a simulated patient, with skull, in DICOM files."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from dicom_files import ACQUISITIONS, Placed, SeriesMaker
from training.simulation.raw import RawTwin, SimulatedSeries

LPS = np.diag([-1.0, -1, 1, 1])


def write_exam(twin: RawTwin, folder: Path) -> Path:
    """A folder with a folder of files for each series."""
    for number, (name, scan) in enumerate(twin.scans.items(), 1):
        placed, stored = _as_slices(scan)
        tags = ACQUISITIONS[name] | {"SeriesNumber": number, "FrameOfReferenceUID": "1.2.826.7"}
        SeriesMaker(placed, tags, seed=number).write(folder / f"S{number}", stored)
    return folder


def _as_slices(scan: SimulatedSeries) -> tuple[Placed, np.ndarray]:
    """Where the slices lie, and what is stored in them, [slice, row, column]; slices follow the normal of DICOM."""
    voxels, affine = np.rint(scan.voxels).clip(0, 32767).astype(np.uint16), LPS @ scan.affine
    if np.linalg.det(affine[:3, :3]) < 0:
        voxels, last = voxels[:, :, ::-1], np.eye(4)
        last[2, 2:] = -1, voxels.shape[2] - 1
        affine = affine @ last
    spacing = np.linalg.norm(affine[:3, :3], axis=0)
    columns, rows, _ = (affine[:3, :3] / spacing).T
    placed = Placed(tuple(columns), tuple(rows), spacing[1], spacing[0], spacing[2], tuple(affine[:3, 3]))
    return placed, voxels.transpose(2, 1, 0)
