"""One patient's scans: as files, in memory, and what checks noticed about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np

from zoo.types.constants import MODALITIES


@dataclass(frozen=True)
class Unpacked:
    """What was made of a source for readers to be given, and what was not.

    scans: paths; of a whole source also whatever it was, where nothing had to be made of it.
    remarks: sentences on what was left out, for whoever reads the grade; without a word of the patient.
    origins: of a scan that was made of other files these files, so that what is found can be written for their archive.
    """

    scans: Any
    remarks: tuple[str, ...] = ()
    origins: Mapping[Path, tuple[Path, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Study:
    """One patient's scans at one time point: the files of any non-empty subset of the modalities.

    remarks: sentences on how the files were chosen, such as what was left out, for whoever reads the grade.
    origins: of each modality whose scan was made of other files, these files.
    """

    id: str
    paths: Mapping[str, Path]
    remarks: tuple[str, ...] = ()
    origins: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """What is to be said of a study: a remark and a warning are shown beside the grade, a refusal takes its place.

    A remark tells what was done with the files before they were graded; a warning makes the grade doubtful.
    """

    severity: Literal["remark", "warning", "refusal"]
    message: str


@dataclass(frozen=True)
class ScannerGrid:
    """Where a scan lay as the scanner made it.

    shape: of its voxels. affine: float64 [4, 4], from these to its world in mm. motion: float64 [4, 4], from the world
    of the study that was made of it to its own.
    """

    shape: tuple[int, ...]
    affine: np.ndarray
    motion: np.ndarray


@dataclass(frozen=True)
class PreparationView:
    """What shows whether raw scans were prepared well: planes through the middle of the brain, the skull still there.

    scans: by modality, that to which the others were carried first; of each its sagittal, coronal and axial plane on
    one grid of 1 mm, float32 [u, v], axes to the right, front and top. brain: bool, the mask in the same planes.
    """

    scans: Mapping[str, tuple[np.ndarray, ...]]
    brain: tuple[np.ndarray, ...]


@dataclass(frozen=True)
class Volumes:
    """A study in memory.

    data: float32 [4, x, y, z] in the order of MODALITIES, intensities as stored; zeros where a modality is absent.
    present: bool [4].
    affine: float64 [4, 4], voxel to world in mm.
    brain: bool [x, y, z], voxels that are not background in some modality.
    remarks: sentences on what was done with the files to get there.
    origins: as in `Study`.
    scanner: of each modality, where the study was made of raw scans, the scanner's grid; else none.
    preparation: what shows how that was done, or where it failed; of other studies None.
    """

    id: str
    data: np.ndarray
    present: np.ndarray
    affine: np.ndarray
    brain: np.ndarray
    remarks: tuple[str, ...] = ()
    origins: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)
    scanner: Mapping[str, ScannerGrid] = field(default_factory=dict)
    preparation: PreparationView | None = None

    @property
    def modalities(self) -> tuple[str, ...]:
        return tuple(name for name, here in zip(MODALITIES, self.present, strict=True) if here)
