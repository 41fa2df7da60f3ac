"""The one grid of a study's scans: the one that most have; who has another is told what differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import nibabel as nib
import numpy as np

from zoo.errors import SeveralGridsError
from zoo.types import MODALITY_TITLES

TOLERANCE_VOXELS = 0.1  # by which no voxel may lie elsewhere
SMALLEST_DIFFERENCES = {"size": 1e-4, "degrees": 0.005, "origin": 1e-3}  # that can move a voxel of 512 so far


@dataclass(frozen=True)
class Grid:
    """Voxels in space. affine: float64 [4, 4], voxel to world in mm."""

    shape: tuple[int, ...]
    affine: np.ndarray

    @property
    def spacing(self) -> np.ndarray:
        return np.asarray(np.linalg.norm(self.affine[:3, :3], axis=0))

    def is_on(self, other: Grid) -> bool:
        """Whether no voxel lies farther from its place in the other grid than a tenth of one."""
        if self.shape != other.shape:
            return False
        astray = np.linalg.inv(other.affine) @ (self.affine - other.affine) @ _corners(self.shape)
        return bool(np.linalg.norm(astray[:3], axis=0).max() <= TOLERANCE_VOXELS)


def common_grid(study_id: str, grids: Mapping[str, Grid]) -> Grid:
    """The grid of the scans, named by modality; raises `SeveralGridsError` that names one off which most others lie."""
    first = max(grids, key=lambda name: sum(other.is_on(grids[name]) for other in grids.values()))
    for name, grid in grids.items():
        if not grid.is_on(grids[first]):
            raise SeveralGridsError(
                f"{study_id}: {MODALITY_TITLES[name]}: expected one grid for all scans; this one has "
                f"{'; '.join(_differences(grid, grids[first], MODALITY_TITLES[first]))}. Co-register them."
            )
    return grids[first]


def farthest_mm(affine: np.ndarray, other: np.ndarray, shape: Sequence[int]) -> float:
    """How far apart two affines put some voxel of a volume, in mm; the farthest is at a corner."""
    apart = (affine - other) @ _corners(shape)
    return float(np.linalg.norm(apart[:3], axis=0).max())


def _corners(shape: Sequence[int]) -> np.ndarray:
    """Voxels at the corners of a volume, homogeneous [4, 8]."""
    return np.array([(*corner, 1) for corner in product(*((0, size - 1) for size in shape))]).T


def _differences(grid: Grid, other: Grid, title: str) -> Iterator[str]:
    if grid.shape != other.shape:
        yield f"{_times(grid.shape)} voxels, but {title} {_times(other.shape)}"
    if np.abs(grid.spacing - other.spacing).max() > SMALLEST_DIFFERENCES["size"]:
        mine, theirs = _told_apart(grid.spacing, other.spacing)
        yield f"voxels of {_times(mine)} mm, but {title} of {_times(theirs)} mm"
    if _axes(grid) != _axes(other):
        yield f"axes {_axes(grid)}, but {title} {_axes(other)}"
    elif (turn := _degrees(grid, other)) > SMALLEST_DIFFERENCES["degrees"]:
        yield f"axes turned by {turn:.2g}° against those of {title}"
    mine, theirs = _told_apart(grid.affine[:3, 3], other.affine[:3, 3])
    if np.abs(grid.affine - other.affine)[:3, 3].max() > SMALLEST_DIFFERENCES["origin"]:
        yield f"its origin at ({', '.join(mine)}) mm, but {title} at ({', '.join(theirs)}) mm"


def _told_apart(numbers: np.ndarray, others: np.ndarray) -> tuple[list[str], list[str]]:
    """Two rows of numbers with as many decimals as it takes to see that they differ, one at least."""
    for decimals in range(1, 7):
        rows = [[f"{number:.{decimals}f}" for number in row] for row in (numbers + 0.0, others + 0.0)]
        if rows[0] != rows[1]:
            break
    return rows[0], rows[1]


def _degrees(grid: Grid, other: Grid) -> float:
    """The largest angle between two axes of the same name."""
    cosines = (grid.affine / np.append(grid.spacing, 1) * (other.affine / np.append(other.spacing, 1)))[:3, :3]
    return float(np.degrees(np.arccos(np.clip(cosines.sum(axis=0), -1, 1))).max())


def _axes(grid: Grid) -> str:
    return "".join(code or "?" for code in nib.aff2axcodes(grid.affine))


def _times(sizes: Sequence[object]) -> str:
    return "×".join(str(size) for size in sizes)
