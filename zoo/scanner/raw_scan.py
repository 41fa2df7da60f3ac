"""A scan as the scanner made it, and the coarser one that is registered in its place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zoo.study.resample import sample

CLIPPED = (0.005, 0.995)
"""Quantiles of a scan's voxels, beyond which there are vessels, eyes and spikes."""


@dataclass(frozen=True)
class RawScan:
    """One scan on a grid of its own. voxels: float32 [x, y, z]. affine: float64 [4, 4], voxel to world in mm."""

    voxels: np.ndarray
    affine: np.ndarray

    @property
    def spacing(self) -> np.ndarray:
        """Lengths of a voxel's sides in mm, float64 [3]."""
        return np.asarray(np.linalg.norm(self.affine[:3, :3], axis=0))

    @property
    def centre(self) -> np.ndarray:
        """The middle of the grid in the world, float64 [3], mm."""
        return self.to_world((np.array(self.voxels.shape) - 1) / 2)

    @property
    def head_centre(self) -> np.ndarray:
        """Mean place of the voxels that are brighter than the mean, float64 [3], mm in the world."""
        return self.to_world(np.mean(np.nonzero(self.voxels > self.voxels.mean()), axis=1))

    def to_world(self, voxels: np.ndarray) -> np.ndarray:
        """Place of voxels [..., 3] in the world, [..., 3] mm."""
        return np.asarray(voxels @ self.affine[:3, :3].T + self.affine[:3, 3])

    def clipped(self) -> RawScan:
        """The same scan without its darkest and brightest voxels' extremes, its axes at right angles."""
        low, high = np.quantile(self.voxels, CLIPPED)
        return RawScan(np.clip(self.voxels, low, high), with_right_angles(self.affine))

    def mirrored(self) -> RawScan:
        """The same scan with its voxels the other way round along the axis that is nearest to left and right."""
        return RawScan(np.flip(self.voxels, int(np.abs(self.affine[0, :3] / self.spacing).argmax())), self.affine)

    def as_cubes(self, mm: float) -> RawScan:
        """The same scan on cubes of so many mm along its own axes: means of what is finer, interpolated if coarser."""
        extent = np.array(self.voxels.shape) * self.spacing
        shape = np.maximum(np.ceil(extent / mm), 1).astype(int)
        step = mm / self.spacing
        to_source = np.diag([*step, 1.0])
        to_source[:3, 3] = (np.array(self.voxels.shape) - 1) / 2 - step * (shape - 1) / 2  # one middle
        factors = np.maximum(np.round(step), 1).astype(int).tolist()
        return RawScan(sample(self.voxels[None], to_source, shape.tolist(), factors)[0], self.affine @ to_source)


def with_right_angles(affine: np.ndarray) -> np.ndarray:
    """The nearest affine whose axes stand at right angles, with sides as long and the same first voxel."""
    lengths = np.linalg.norm(affine[:3, :3], axis=0)
    left, _, right = np.linalg.svd(affine[:3, :3] / lengths)
    squared = affine.copy()
    squared[:3, :3] = left @ right * lengths
    return squared
