"""What the compute process does for the page: read a study once, then grade and explain it model by model.

Everything that one task keeps for the next lives in a session folder: header-stripped copies of the scans, which the
viewer shows too. So a replaced process can go on, and the uploaded files can be deleted at once.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import nibabel as nib
import numpy as np

from zoo.explain import explain_study, save_in_model_space
from zoo.grade import grade_study
from zoo.registry import Registry, load_registry
from zoo.types import MODALITIES, Finding, Grade, Progress, Study, Volumes
from zoo.volumes import load_volumes
from zoo.weights import TrainedModel, load_weights

INT16_MAX = 32767


def warm_up(progress: Progress) -> None:
    """Load all that grading needs, so that the first study doesn't wait for it."""
    for spec in registry().models.values():
        if spec.is_trained:
            trained(spec.id)


def read(files: Mapping[str, Path], folder: Path, progress: Progress) -> list[Finding]:
    """Read and check {modality: file}, and leave anonymous copies in `folder`; its name becomes the study's id."""
    progress(0.1, "Reading the scans")
    original = load_volumes(registry().read(files))
    volumes = Volumes(folder.name, original.data, original.present, original.affine, original.brain)
    progress(0.6, "Checking")
    findings = registry().check(volumes)
    for index, name in enumerate(MODALITIES):
        if volumes.present[index]:
            progress(0.7, "Preparing the viewer")
            _save_copy(volumes.data[index], volumes.affine, folder / f"{name}.nii.gz")
    return findings


def grade(folder: Path, model_id: str, progress: Progress) -> Grade:
    """One model's grade of the study in a session folder."""
    progress(0.2, "Reading the study")
    volumes, findings = _study(folder)
    progress(0.5, f"Grading with {registry().model(model_id).title}")
    return grade_study(volumes, findings, trained(model_id))


def explain(folder: Path, model_id: str, explainer_id: str, progress: Progress) -> Path:
    """A 4-D NIfTI in the session folder: one model's attribution map, on the model's grid."""
    volumes, _ = _study(folder)
    explanation = explain_study(volumes, trained(model_id), registry().explainer(explainer_id), progress)
    path = folder / f"{model_id}.{explainer_id}.nii.gz"
    save_in_model_space(explanation, path)
    return path


@lru_cache(maxsize=1)
def registry() -> Registry:
    return load_registry()


@lru_cache(maxsize=32)
def trained(model_id: str) -> TrainedModel:
    return load_weights(registry().model(model_id))


@lru_cache(maxsize=2)
def _study(folder: Path) -> tuple[Volumes, tuple[Finding, ...]]:
    paths = {name: folder / f"{name}.nii.gz" for name in MODALITIES if (folder / f"{name}.nii.gz").is_file()}
    volumes = load_volumes(Study(folder.name, paths))
    return volumes, tuple(registry().check(volumes))


def _save_copy(data: np.ndarray, affine: np.ndarray, path: Path) -> None:
    """Sixteen-bit voxels under a new header: nothing but the picture and its place in space.

    The scale has no offset, so that the background stays exactly 0.
    """
    largest = float(np.abs(data).max())
    is_integer = largest <= INT16_MAX and np.array_equal(data, np.rint(data))
    scale = 1.0 if is_integer else largest / INT16_MAX
    image = nib.Nifti1Image(np.rint(data / scale).astype(np.int16), affine)
    image.header.set_slope_inter(scale, 0)
    image.header.set_xyzt_units("mm")
    path.write_bytes(gzip.compress(image.to_bytes(), compresslevel=1))
