"""The way back: a prepared study's space on the grid of the scanner's own series."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from zoo.errors import StudyError
from zoo.scanner.preparation import best_of
from zoo.scanner.prepared_grid import BY_HALVES
from zoo.study.resample import sample
from zoo.types import MODALITY_TITLES, Volumes


def in_scanner_space(volumes: Volumes, series: str | None = None) -> tuple[Volumes, np.ndarray]:
    """Return a grid on which to lay what was found in a study, and the affine to write with it, float64 [4, 4].

    Of a study that was made of raw scans it is the scanner's, as it lies in the study's space, without voxels but with
    the brain: whatever is laid there is interpolated but once. The affine leads to the scanner's world. Of another
    study they are its own.

    series: the modality whose grid it is; if None that to which the others were carried. Raises `StudyError` for one
    that the study hasn't.
    """
    if series and series not in volumes.modalities:
        here = ", ".join(MODALITY_TITLES[name] for name in volumes.modalities)
        raise StudyError(f"{volumes.id}: no {MODALITY_TITLES[series]} on whose grid to write; expected one of {here}.")
    if not volumes.scanner:
        return volumes, volumes.affine
    grid = volumes.scanner[series or best_of(volumes.scanner)]
    affine = np.linalg.inv(grid.motion) @ grid.affine
    brain = sample(volumes.brain[None], np.linalg.inv(volumes.affine) @ affine, grid.shape)[0] >= BY_HALVES
    nothing = np.zeros((len(volumes.data), 0, 0, 0), np.float32)
    return replace(volumes, data=nothing, brain=brain, affine=affine), grid.affine
