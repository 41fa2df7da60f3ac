"""A study as a file of a session: voxels of the brain's box and their grid, no word of a header.

It is written before any model sees the study, and read again by the process that follows one that a model took along.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from zoo.study.brain import bounding_box, brain_mask
from zoo.study.load import zero_volumes
from zoo.types import ScannerGrid, Volumes

FILE = "study.npy"


def store_study(folder: Path, volumes: Volumes) -> None:
    """Write a study whose brain is not empty into its session's folder."""
    box = bounding_box(volumes.brain)
    corner = np.array([[side.start for side in box], [side.stop for side in box], volumes.brain.shape])
    written = folder / f"{FILE}.part"  # so that what is there is whole
    with written.open("wb") as file:
        for array in (volumes.affine, volumes.present, corner, np.array(volumes.remarks, dtype=str)):
            np.save(file, array)
        for array in _scanner_arrays(volumes):
            np.save(file, array)
        for index in np.flatnonzero(volumes.present):
            np.save(file, np.ascontiguousarray(volumes.data[index][box].T))  # as it lies in memory
    written.rename(folder / FILE)


def restore_study(folder: Path) -> Volumes:
    """Read the study of a session; its id is the folder's name."""
    with (folder / FILE).open("rb") as file:
        affine, present, (start, stop, shape), remarks = (np.load(file) for _ in range(4))
        scanner = _scanner_of(*(np.load(file) for _ in range(4)))
        box = tuple(slice(first, last) for first, last in zip(start, stop, strict=True))
        data = zero_volumes(shape)
        for index in np.flatnonzero(present):
            data[index][box] = np.load(file).T
    brain, said = brain_mask(data), tuple(remarks.tolist())
    return Volumes(folder.name, data, present, affine, brain, said, scanner=scanner)


def _scanner_arrays(volumes: Volumes) -> list[np.ndarray]:
    """Modalities, shapes, affines and motions of the scanner's grids, if the study was made of raw scans."""
    grids = volumes.scanner.values()
    shapes = np.array([grid.shape for grid in grids], int).reshape(-1, 3)
    affines, motions = (
        np.array(matrices, float).reshape(-1, 4, 4)
        for matrices in ([grid.affine for grid in grids], [grid.motion for grid in grids])
    )
    return [np.array(list(volumes.scanner), dtype=str), shapes, affines, motions]


def _scanner_of(
    names: np.ndarray, shapes: np.ndarray, affines: np.ndarray, motions: np.ndarray
) -> dict[str, ScannerGrid]:
    grids = zip(names.tolist(), shapes.tolist(), affines, motions, strict=True)
    return {name: ScannerGrid(tuple(shape), affine, motion) for name, shape, affine, motion in grids}
