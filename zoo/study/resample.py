"""Images from one grid to another: one affine map between their voxels, linear interpolation, 0 outside the image.

Where the grids' axes are parallel, as they are unless a scan is oblique, the work is three products with small
matrices, one along each axis; else torch's `grid_sample`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from zoo.types import Recipe, Volumes

FINEST_SAMPLING_MM = 1.0
PARALLEL_VOXELS = 1e-4  # by which an axis may stray over the whole grid


def resample(data: np.ndarray, affine: np.ndarray, model_affine: np.ndarray, recipe: Recipe) -> np.ndarray:
    """Carry data [C, x, y, z] to a model's grid, float32 [C, D, H, W]; 0 outside the data.

    Finer samples are averaged into each model voxel, so that thick model slices don't skip thin source slices.
    """
    source_mm = np.linalg.norm(affine[:3, :3], axis=0).min()
    factors = [max(1, round(spacing / max(source_mm, FINEST_SAMPLING_MM))) for spacing in recipe.spacing]
    return sample(data, np.linalg.inv(affine) @ model_affine, recipe.shape, factors)


def to_study_space(values: np.ndarray, affine: np.ndarray, volumes: Volumes) -> np.ndarray:
    """Carry maps from model space back to the study's grid.

    values: float32 [4, D, H, W]; affine: float64 [4, 4], model voxel to world. Returns float32 [4, x, y, z], 0 outside
    the model's box.
    """
    return sample(values, np.linalg.inv(affine) @ volumes.affine, volumes.brain.shape)


def sample(
    data: np.ndarray, to_source: np.ndarray, shape: Sequence[int], factors: Sequence[int] = (1, 1, 1)
) -> np.ndarray:
    """Interpolate data [C, i, j, k] at the voxels of a grid of `shape`: float32 [C, *shape].

    to_source: float64 [4, 4], from the grid's voxels to the data's. factors: into how many each voxel is divided along
    its axes; it gets their mean.
    """
    fine = [size * factor for size, factor in zip(shape, factors, strict=True)]
    finer = to_source @ finer_voxels(factors)
    partners = _parallel_axes(finer, fine)
    images = torch.from_numpy(np.asarray(data, np.float32))
    if partners is None:
        return functional.avg_pool3d(_sample_anywhere(images, finer, fine), tuple(factors)).numpy()
    weights = [_weights(finer[partner], axis, fine[axis], data.shape[1 + partner], factors[axis])
               for axis, partner in enumerate(partners)]  # fmt: skip
    return np.stack([_along_axes(image, partners, weights) for image in images])


def finer_voxels(factors: Sequence[int]) -> np.ndarray:
    """Affine map, float64 [4, 4], from the voxels of a grid divided by whole factors to those of the undivided one."""
    matrix = np.eye(4)
    for axis, factor in enumerate(factors):
        matrix[axis, axis] = 1 / factor
        matrix[axis, 3] = 0.5 / factor - 0.5
    return matrix


def _parallel_axes(to_source: np.ndarray, shape: Sequence[int]) -> tuple[int, ...] | None:
    """The source axis that each axis of the grid runs along; None where one runs askew."""
    reach = np.abs(to_source[:3, :3]) * (np.array(shape) - 1)
    partners = reach.argmax(axis=0)
    astray = reach.sum() - reach[partners, [0, 1, 2]].sum()
    return tuple(partners.tolist()) if sorted(partners) == [0, 1, 2] and astray < PARALLEL_VOXELS else None


def _weights(row: np.ndarray, axis: int, count: int, length: int, factor: int) -> Tensor:
    """What each of `length` source voxels gives to each voxel of the grid along one axis, float32 [count / factor, L].

    row: of the map to the source's voxels, for this source axis.
    """
    places = row[axis] * np.arange(count) + row[3]
    below = np.floor(places).astype(int)
    weights = np.zeros((count, length + 2))  # with a neighbour of 0 on either side
    for voxel, share in ((below, below + 1 - places), (below + 1, places - below)):
        weights[np.arange(count), np.clip(voxel, -1, length) + 1] += share
    return torch.from_numpy(weights[:, 1:-1].reshape(-1, factor, length).mean(axis=1)).float()


def _along_axes(image: Tensor, partners: Sequence[int], weights: Sequence[Tensor]) -> np.ndarray:
    """Multiply each axis of an image [i, j, k] with its weights, the one that is slowest in memory first."""
    slow, middle, fast = sorted(range(3), key=lambda axis: -image.stride(partners[axis]))
    lying = image.permute(*(partners[axis] for axis in (slow, middle, fast)))
    found = weights[middle] @ (torch.tensordot(weights[slow], lying, 1) @ weights[fast].T)
    return found.permute(*np.argsort((slow, middle, fast)).tolist()).numpy()


def _sample_anywhere(images: Tensor, to_source: np.ndarray, shape: Sequence[int]) -> Tensor:
    """Interpolate images [C, i, j, k], [C, *shape]; their axes are read in the order in which they lie in memory."""
    order = sorted(range(3), key=lambda axis: -images.stride(1 + axis))
    lying = images.permute(0, *(1 + axis for axis in order)).contiguous()[None]
    half = (np.array(lying.shape[2:]) - 1) / 2
    reach = (np.array(shape) - 1) / 2
    rows = to_source[order]
    centre = rows[:, :3] @ reach + rows[:, 3] - half
    theta = np.column_stack([rows[:, :3] * reach, centre]) / half[:, None]
    theta = theta[::-1][:, [2, 1, 0, 3]]  # torch orders axes from the last to the first
    grid = functional.affine_grid(torch.tensor(theta.copy(), dtype=torch.float32)[None], [1, 1, *shape], True)
    return functional.grid_sample(lying, grid, padding_mode="zeros", align_corners=True)[0]
