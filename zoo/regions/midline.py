"""The plane between the halves of a brain: the one in which its scans mirror best."""

from __future__ import annotations

import numpy as np
import torch
from scipy.optimize import minimize
from torch.nn import functional

from zoo.study.resample import finer_voxels, sample
from zoo.types import ModelInput, Plane

CELL_MM = 6.0
BRIGHTEST = 0.5
"""Intensity of a scan, white matter 0: a tumour is bright on one side, and must not weigh more than an edge."""
STEPS = (5.0, 5.0, 5.0)
"""The first that the search takes: degrees, degrees, mm."""
ENOUGH = 0.1
"""Degrees and mm to which the plane is told."""
LEAST_ALIKE = 0.8
STEEPEST = 25.0
"""Degrees by which a head may be turned or tilted."""


def find_midline(given: ModelInput) -> Plane | None:
    """Find the plane in which a prepared study mirrors best; None where its halves are too unlike to tell.

    Searched are turning, tilting and moving sideways of the plane x = 0 about the middle of the model's box, for the
    highest correlation of the picture with its mirror image (as Liu et al. 2001, IEEE TMI 20:175, in one step for all
    slices). The picture is the mean of all scans, with the outline of the brain in it, on cells of 6 mm; its left half
    is compared, as the right one would say the same.
    """
    picture, affine = _picture(given)
    left = picture[..., : picture.shape[-1] // 2]
    middle = (affine @ np.append((np.array(picture.shape[1:]) - 1) / 2, 1))[:3]
    to_cells = np.linalg.inv(affine)

    def unlikeness(pose: np.ndarray) -> float:
        mirrored = sample(picture, to_cells @ _mirror(_plane(pose, middle)) @ affine, left.shape[1:])
        return -float(np.corrcoef(left.ravel(), mirrored.ravel())[0, 1])

    corners = np.concatenate([np.zeros((1, 3)), np.diag(STEPS)])
    options = {"initial_simplex": corners, "xatol": ENOUGH, "fatol": 1e-5}
    found = minimize(unlikeness, corners[0], method="Nelder-Mead", options=options)
    return _plane(found.x, middle) if -found.fun >= LEAST_ALIKE and np.abs(found.x[:2]).max() < STEEPEST else None


def _picture(given: ModelInput) -> tuple[np.ndarray, np.ndarray]:
    """Mean of a study's scans on coarse cells, float32 [1, D, H, W], and the affine from there to the world."""
    scans = torch.from_numpy(given.x[:, given.present[0]]).clamp(max=BRIGHTEST)
    factors = [max(1, round(CELL_MM / length)) for length in np.linalg.norm(given.affine[:3, :3], axis=0)]
    background = scans.min()
    picture = functional.avg_pool3d(scans.mean(dim=1, keepdim=True) - background, factors)[0].numpy()
    return picture, given.affine @ np.linalg.inv(finer_voxels(factors))


def _plane(pose: np.ndarray, middle: np.ndarray) -> Plane:
    """Plane of a head that is turned and tilted by so many degrees, and moved to the right by so many mm."""
    turned, tilted = np.tan(np.radians(pose[:2]))
    normal = np.array([1, turned, tilted]) / np.linalg.norm([1, turned, tilted])
    x, y, z = normal.tolist()
    return Plane((x, y, z), float(normal @ middle + pose[2]))


def _mirror(plane: Plane) -> np.ndarray:
    """Reflection of the world in a plane, float64 [4, 4]."""
    normal, matrix = np.array(plane.normal), np.eye(4)
    matrix[:3, :3] -= 2 * np.outer(normal, normal)
    matrix[:3, 3] = 2 * plane.offset * normal
    return matrix
