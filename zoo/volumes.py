"""From files to arrays: everything about a NIfTI file is checked before and after its voxels are allocated."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np

from zoo.errors import StudyError
from zoo.types import MODALITIES, MODALITY_TITLES, Study, Volumes

MAX_FILE_BYTES = 200 * 2**20
MAX_VOXELS = 40_000_000
AXIS_RANGE = (16, 512)
SPACING_RANGE_MM = (0.3, 8.0)
AFFINE_TOLERANCE_MM = 0.01
NIFTI_HEADER_BYTES = 348


def load_volumes(study: Study) -> Volumes:
    """Read and check a study's scans, which must share one grid; raises `StudyError`."""
    names = [name for name in MODALITIES if name in study.paths]
    if not names:
        raise StudyError(f"{study.id}: no scans; expected at least one of {', '.join(MODALITY_TITLES.values())}.")
    images = {name: _open(study.id, name, study.paths[name]) for name in names}
    shape, affine = _common_grid(study.id, images)
    data = np.zeros((len(MODALITIES), *shape), np.float32)
    with ThreadPoolExecutor(len(names)) as pool:
        list(pool.map(lambda name: _read_voxels(study.id, name, images[name], data[MODALITIES.index(name)]), names))
    present = np.array([name in images for name in MODALITIES])
    return Volumes(study.id, data, present, affine, (data != 0).any(axis=0))


def _open(study_id: str, name: str, path: Path) -> Any:
    """The image with its header checked; no voxel has been read yet."""
    if not path.is_file():
        raise _error(study_id, name, "no such file; give the path of a .nii or .nii.gz file")
    if path.stat().st_size > MAX_FILE_BYTES:
        raise _error(study_id, name, f"the file is larger than {MAX_FILE_BYTES // 2**20} MB; resample it to 1 mm")
    try:
        image = nib.Nifti1Image.from_filename(path)
        voxels: Any = image.dataobj
        layout = (voxels.offset, voxels.slope, voxels.inter)
    except Exception as error:  # nibabel lets seven kinds escape on damaged files
        raise _error(study_id, name, "not a readable NIfTI file; expected .nii or .nii.gz, save it again") from error
    _check_header(study_id, name, image.shape, image.affine, layout)
    return image.slicer[..., 0] if len(image.shape) == 4 else image


def _check_header(study_id: str, name: str, shape: tuple, affine: np.ndarray, layout: tuple) -> None:
    axes = shape[:3] if shape[3:] == (1,) else shape
    if len(axes) != 3:
        raise _error(study_id, name, f"expected a 3-D volume, found shape {shape}; give one volume a file")
    low, high = AXIS_RANGE
    if not all(low <= axis <= high for axis in axes) or np.prod(axes) > MAX_VOXELS:
        raise _error(study_id, name, f"expected {low} to {high} voxels along each axis, found {axes}; resample it")
    if not np.isfinite(affine).all() or abs(np.linalg.det(affine[:3, :3])) < 1e-6:
        raise _error(study_id, name, "the header's affine is not a valid position in space; re-export the scan")
    spacing = np.linalg.norm(affine[:3, :3], axis=0)
    if not ((spacing >= SPACING_RANGE_MM[0]) & (spacing <= SPACING_RANGE_MM[1])).all():
        expected = f"expected voxels of {SPACING_RANGE_MM[0]} to {SPACING_RANGE_MM[1]} mm"
        raise _error(study_id, name, f"{expected}, found {spacing.round(2).tolist()}; check the header's units")
    offset, *scaling = layout
    if offset < NIFTI_HEADER_BYTES or not np.isfinite(scaling).all():
        raise _error(study_id, name, "the header's data offset or intensity scaling is invalid; re-export the scan")


def _common_grid(study_id: str, images: dict[str, Any]) -> tuple[tuple[int, ...], np.ndarray]:
    first, *others = images
    reference = images[first]
    for name in others:
        image = images[name]
        same = image.shape == reference.shape and np.allclose(image.affine, reference.affine, atol=AFFINE_TOLERANCE_MM)
        if not same:
            found = f"{_describe_grid(image)}, but {MODALITY_TITLES[first]} has {_describe_grid(reference)}"
            raise _error(study_id, name, f"expected one grid for all scans; this one has {found}. Co-register them")
    return reference.shape, np.asarray(reference.affine, np.float64)


def _describe_grid(image: Any) -> str:
    shape = "×".join(str(size) for size in image.shape)
    axes = "".join(code or "?" for code in nib.aff2axcodes(image.affine))
    return f"{shape} voxels, axes {axes}, origin {image.affine[:3, 3].round(1).tolist()} mm"


def _read_voxels(study_id: str, name: str, image: Any, into: np.ndarray) -> None:
    try:
        into[:] = image.dataobj
    except Exception as error:
        raise _error(study_id, name, "the file ends early or is damaged; copy or download it again") from error
    if not np.isfinite(into).all():
        raise _error(study_id, name, "some voxels are not finite numbers; export the scan again")
    if into.min() == into.max():
        raise _error(study_id, name, "all voxels have the same value; this is an empty scan")


def _error(study_id: str, name: str, message: str) -> StudyError:
    return StudyError(f"{study_id}: {MODALITY_TITLES[name]}: {message}.")
