"""Synthetic studies, so that no test needs a patient: an ellipsoid of 1.4 litres with a bright lesion in it."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import nibabel as nib
import numpy as np

from zoo import MODALITIES, Volumes

SLOW_CONVOLUTION = "aten::slow_conv3d_forward"

SHAPE = (56, 68, 50)
SPACING_MM = 3.0
RADII_MM = np.array([66.0, 84.0, 60.0])
LESION_MM = np.array([30.0, 20.0, 10.0])
TISSUE = {"t1": 300.0, "t1ce": 320.0, "t2": 200.0, "flair": 250.0}
LESION_GAIN = {"t1": 0.8, "t1ce": 1.5, "t2": 1.9, "flair": 1.8}


def brain_affine(spacing: float = SPACING_MM) -> np.ndarray:
    """World origin in the middle of the grid, axes to the left, posterior and superior as in BraTS."""
    affine = np.diag([-spacing, -spacing, spacing, 1.0])
    affine[:3, 3] = -affine[:3, :3] @ ((np.array(SHAPE) - 1) / 2)
    return affine


def brain_image(modality: str, affine: np.ndarray, shape: tuple[int, ...] = SHAPE) -> np.ndarray:
    """float32 [x, y, z]: tissue with a gradient and texture, and a lesion at LESION_MM in the world."""
    tissue, lesion = _tissue_and_lesion(affine.astype(float).tobytes(), tuple(shape))
    return (TISSUE[modality] * tissue * np.where(lesion, LESION_GAIN[modality], 1)).astype(np.float32)


@lru_cache(maxsize=2)
def _tissue_and_lesion(affine_bytes: bytes, shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """How bright tissue is, 0 outside the brain, and where the lesion is: of the same grid hundreds of times."""
    affine = np.frombuffer(affine_bytes).reshape(4, 4)
    voxels = np.stack(np.meshgrid(*map(np.arange, shape), indexing="ij"), axis=-1)
    world = voxels @ affine[:3, :3].T + affine[:3, 3]
    inside = ((world / RADII_MM) ** 2).sum(-1) < 1
    lesion = ((world - LESION_MM) ** 2).sum(-1) < 18.0**2
    texture = 1 + 0.05 * np.sin(world / 9).sum(-1)
    return inside * texture, lesion


def save_scan(path: Path, data: np.ndarray, affine: np.ndarray) -> Path:
    nib.save(nib.Nifti1Image(data, affine), path)
    return path


def make_volumes(
    affine: np.ndarray, shape: tuple[int, ...] = SHAPE, modalities: tuple[str, ...] = MODALITIES
) -> Volumes:
    present = np.array([name in modalities for name in MODALITIES])
    data = np.stack([brain_image(name, affine, shape) * here for name, here in zip(MODALITIES, present, strict=True)])
    return Volumes("synthetic", data, present, affine, (data != 0).any(axis=0))


def kernels(function: Callable[[], object]) -> set[str]:
    """Names of what torch's own code was called while the function ran, such as aten::mkldnn_convolution."""
    from torch.profiler import ProfilerActivity, profile

    with profile(activities=[ProfilerActivity.CPU]) as profiled:
        function()
    return {event.key for event in profiled.key_averages()}
