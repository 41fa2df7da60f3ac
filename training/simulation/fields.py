"""The simulator's voxel grid, and smooth random fields that look alike at every spacing."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage, special

# Working box in MNI world millimetres: a brain of any simulated size, with a margin.
BOX_CORNER_MM = np.array([-84.0, -122.0, -74.0])
BOX_SIZE_MM = np.array([168.0, 208.0, 156.0])


@dataclass(frozen=True)
class Grid:
    """Voxel centres that fill the working box at `spacing_mm`; axes point right, front, up."""

    spacing_mm: float

    @property
    def shape(self) -> tuple[int, int, int]:
        x, y, z = (int(n) for n in np.ceil(BOX_SIZE_MM / self.spacing_mm - 1e-6))
        return x, y, z

    @property
    def voxel_ml(self) -> float:
        return self.spacing_mm**3 / 1000.0

    def axes_mm(self) -> list[np.ndarray]:
        """World coordinate of the voxel centres along each of the three axes."""
        return [
            (corner + (np.arange(n) + 0.5) * self.spacing_mm).astype(np.float32)
            for corner, n in zip(BOX_CORNER_MM, self.shape, strict=True)
        ]

    def points_mm(self) -> np.ndarray:
        """World coordinates of all voxel centres, float32 [3, x, y, z]."""
        return np.stack(np.meshgrid(*self.axes_mm(), indexing="ij"))


# Growth and deformation happen here whatever the output spacing, so that the same seed
# gives the same patient at every spacing.
COARSE = Grid(4.0)


def upsample(volume: np.ndarray, grid: Grid) -> np.ndarray:
    """Stretch [x, y, z] or [C, x, y, z], which fills the working box, to `grid`, trilinearly."""
    return stretch(volume, grid.shape)


def stretch(volume: np.ndarray, shape: tuple[int, int, int]) -> np.ndarray:
    """Stretch [x, y, z] or [C, x, y, z] to `shape` voxels that fill the same box, trilinearly."""
    volume = volume.astype(np.float32, copy=False)
    for axis, size in zip((-1, -2, -3), reversed(shape), strict=True):
        cells = volume.shape[axis]
        if cells != size:
            volume = interpolate(volume, (np.arange(size) + 0.5) * cells / size - 0.5, axis)
    return volume


def interpolate(volume: np.ndarray, positions: np.ndarray, axis: int) -> np.ndarray:
    """Read `volume` at fractional indices along one axis, linearly; the border repeats.

    Not a product with a weight matrix: BLAS rounds differently with the number of threads.
    """
    positions = np.clip(positions, 0, volume.shape[axis] - 1)
    lower = np.minimum(positions.astype(int), max(0, volume.shape[axis] - 2))
    shape = [1] * volume.ndim
    shape[axis] = len(positions)
    weight = (positions - lower).astype(np.float32).reshape(shape)
    start = volume.take(lower, axis)
    step = volume.take(np.minimum(lower + 1, volume.shape[axis] - 1), axis)
    step -= start
    step *= weight
    return np.add(start, step, out=step)


def smooth_field(rng: np.random.Generator, grid: Grid, length_mm: float) -> np.ndarray:
    """Gaussian random field of zero mean, unit variance, correlated over about `length_mm`.

    It is drawn on a lattice whose size depends on `length_mm` alone, hence the same field at
    every spacing. Returns float32 [x, y, z] on `grid`.
    """
    return field_in_box(rng, BOX_SIZE_MM, grid.shape, length_mm)


def field_in_box(
    rng: np.random.Generator, size_mm: np.ndarray, shape: tuple[int, int, int], length_mm: float
) -> np.ndarray:
    """`smooth_field` in a box of `size_mm` [3] of any voxels; float32 [x, y, z] of `shape`."""
    lattice_shape = np.maximum(2, np.ceil(2 * size_mm / length_mm)).astype(int)
    lattice = rng.standard_normal(lattice_shape, dtype=np.float32)
    lattice = ndimage.gaussian_filter(lattice, 1.0, mode="wrap")
    return stretch((lattice - lattice.mean()) / lattice.std(), shape)


def sample(volumes: np.ndarray, index: np.ndarray) -> np.ndarray:
    """Read [C, x, y, z] at fractional voxel positions `index` [3, ...], trilinearly.

    Positions outside the volume read the nearest voxel of its border.
    """
    out = np.empty((len(volumes), *index.shape[1:]), np.float32)
    for x in range(index.shape[1]):  # SciPy copies the positions to float64: slice by slice
        for volume, values in zip(volumes, out, strict=True):
            ndimage.map_coordinates(volume, index[:, x], output=values[x], order=1, mode="nearest")
    return out


def blur(volume: np.ndarray, sigma_mm: float, grid: Grid) -> np.ndarray:
    """Gaussian blur of [x, y, z]; one narrower than a third of a voxel changes nothing."""
    sigma = sigma_mm / grid.spacing_mm
    return volume if sigma < 0.33 else ndimage.gaussian_filter(volume, sigma, truncate=2.5)


def soft_step(distance: np.ndarray, width: float) -> np.ndarray:
    """Logistic step from 0 (far below zero) to 1 (far above), `width` wide."""
    return special.expit(distance / float(width))
