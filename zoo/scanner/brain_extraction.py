"""The brain in a scan with skull, found by two networks: one sees all of it coarsely, the other the brain's box.

They were trained on T1-weighted scans of healthy adults and see voxels, not mm: each scan is stretched to their cubes.
What is done to it, in float32 and to the last half, is what they were trained with, so that the mask is deepbet's own.
"""

from __future__ import annotations

from collections.abc import Sequence

import nibabel as nib
import numpy as np

from zoo.errors import StudyError
from zoo.regions.parts import connected_parts
from zoo.scanner.deepbet_networks import BOX, BRAIN, share_of_brain
from zoo.study.quantiles import quantiles

CUBES = {BOX: (128, 128, 128), BRAIN: (256, 256, 256)}
RAS = np.array([[0, 1], [1, 1], [2, 1]])
"""Axes to the right, anterior and superior, as nibabel writes orientations: those of the networks."""
CLIPPED = (0.005, 0.995)  # quantiles of the coarse scan, at which both networks' inputs are
MEAN, DEVIATION = 0.449, 0.226  # of the input
BY_HALVES = 0.5  # of a voxel's share from which it is brain
PLANE = 0.02  # of a plane is brain, or it's outside the box
TWIN = 0.3  # of the largest piece, from which another is a brain of its own
GROWTH = np.float32(1.2)  # of the box: a tenth of it is added at either end


def extract_brain(voxels: np.ndarray, affine: np.ndarray) -> np.ndarray:
    """Tell brain from the rest of a head, bool [x, y, z], on the scan's own grid: in one piece, without holes.

    voxels: float32 [x, y, z], finite, of T1 or T1ce. affine: float64 [4, 4], voxel to world in mm. Raises `StudyError`
    where no brain is found or deepbet isn't installed, and `WeightsError` where its networks aren't those expected.
    """
    orientation = nib.io_orientation(affine)
    brain = _brain_in(nib.apply_orientation(voxels, orientation))
    return nib.apply_orientation(brain, nib.orientations.ornt_transform(RAS, orientation))


def without_holes(mask: np.ndarray) -> np.ndarray:
    """Fill the holes of a mask, bool [x, y, z]: whatever can't be left by the faces of its voxels."""
    import SimpleITK

    filled = SimpleITK.BinaryFillhole(SimpleITK.GetImageFromArray(mask.astype(np.uint8)), False, 1)
    return SimpleITK.GetArrayFromImage(filled).astype(bool)


def _brain_in(scan: np.ndarray) -> np.ndarray:
    """The same of a scan whose axes are RAS."""
    coarse = _resized(scan, CUBES[BOX])
    low, high = quantiles(coarse.ravel(), CLIPPED)
    box = _box_around(_one_brain(_found(BOX, coarse, low, high)), scan.shape)
    fine = _found(BRAIN, _resized(scan[box], CUBES[BRAIN]), low, high)
    brain = np.zeros(scan.shape, bool)
    brain[box] = without_holes(_largest_piece(_resized(fine, brain[box].shape)))
    return brain


def _resized(image: np.ndarray, shape: Sequence[int]) -> np.ndarray:
    """An image stretched to another shape: each voxel is the one in which its middle lies (torch's nearest-exact)."""
    for axis, count in enumerate(shape):
        middles = (np.arange(count, dtype=np.float32) + np.float32(0.5)) * np.float32(image.shape[axis] / count)
        image = image.take(middles.astype(int), axis, mode="clip")
    return image


def _found(network: str, image: np.ndarray, low: float, high: float) -> np.ndarray:
    """What a network takes for brain, bool [x, y, z]. low, high: intensities at which the image is clipped."""
    import torch

    with torch.inference_mode():
        scaled = torch.from_numpy(image).sub(low).div_(high - low).clamp_(0, 1)
        standard = scaled.sub_(scaled.mean()).div_(scaled.std()).mul_(DEVIATION).add_(MEAN)
        return (share_of_brain(network, standard[None, None])[0] > BY_HALVES).numpy()


def _one_brain(mask: np.ndarray) -> np.ndarray:
    """The largest piece of a head seen coarsely, if there is no other like it."""
    _, voxels = connected_parts(mask)
    smaller, larger = np.sort([0, 0, *voxels])[-2:]
    if smaller > TWIN * larger:
        raise StudyError(
            "Brain mask: expected one head in the scan, found two brains in it. Give each patient by itself."
        )
    return _largest_piece(mask)


def _largest_piece(mask: np.ndarray) -> np.ndarray:
    numbers, voxels = connected_parts(mask)
    if not len(voxels):
        raise _nothing_found()
    return numbers == 1 + voxels.argmax()


def _box_around(piece: np.ndarray, shape: Sequence[int]) -> tuple[slice, ...]:
    """Slices of a grid of `shape` that hold a piece, bool [x, y, z], of the same grid seen coarsely, and a margin."""
    return tuple(_side(piece.mean(axis=tuple({0, 1, 2} - {axis})), size) for axis, size in enumerate(shape))


def _side(filled: np.ndarray, size: int) -> slice:
    """One side of the box, of `size` voxels at most. filled: of each coarse plane the share that is brain."""
    planes = np.flatnonzero(filled > PLANE)
    if not len(planes):
        raise _nothing_found()
    step = size / len(filled)
    centre = np.rint(step * (planes[0] + planes[-1] + 1) / 2)
    half = np.rint(GROWTH * np.float32(step * (planes[-1] + 1 - planes[0]))) / 2
    return slice(max(0, int(centre - half)), min(size, int(centre + half)))


def _nothing_found() -> StudyError:
    return StudyError(
        "Brain mask: expected a head in a T1-weighted scan, found no brain in it. Look whether it is one and its "
        "header tells where up is; or strip the skulls yourself (for example with HD-BET)."
    )
