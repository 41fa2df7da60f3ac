"""One study of either cohort, normalised as the models' inputs are, on a grid that both cohorts share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

import numpy as np

from zoo import Recipe, StudyError, Volumes
from zoo.study.load import load_volumes
from zoo.study.prepare import white_matter_levels
from zoo.study.resample import resample

from ..cohorts import Case, CohortError
from ..data.nifti import open_image
from ..data.prepared_cohort import registry
from ..data.tumour_mask import read_regions

LABELS = ("core", "oedema", "enhancing")


@dataclass(frozen=True)
class NormalisedStudy:
    """A normalised study, whose axes run to superior, anterior and right.

    images: float32 [4, D, H, W], 1 in white matter. brain: bool [D, H, W]. regions: bool [3, D, H, W] as in `LABELS`,
    where "core" does not enhance; None without a mask.
    """

    case: Case
    images: np.ndarray
    brain: np.ndarray
    regions: np.ndarray | None
    spacing_mm: float

    @property
    def delta(self) -> np.ndarray:
        """T1ce − T1 in units of white matter, float32 [D, H, W]."""
        return self.images[1] - self.images[0]

    @property
    def tumour(self) -> np.ndarray:
        """Mask of the whole tumour, bool [D, H, W]; empty without a mask."""
        return np.zeros_like(self.brain) if self.regions is None else np.asarray(self.regions.any(axis=0))

    @property
    def voxel_ml(self) -> float:
        return self.spacing_mm**3 / 1000


def coarsest_spacing(cases: Iterable[Case]) -> float:
    """Largest voxel size in mm of any case, to which all are brought."""
    affines = [open_image(case.files[0]).affine for case in cases]
    return round(float(max(np.linalg.norm(affine[:3, :3], axis=0).max() for affine in affines)), 3)


def read_study(case: Case, spacing_mm: float) -> NormalisedStudy:
    """Read a study; raises `CohortError` when it, or its mask, can't be read, or it lacks a modality."""
    try:
        volumes = load_volumes(registry().read(case.source))
        levels = white_matter_levels(volumes)
    except StudyError as error:
        raise CohortError(f"{error} Mend {case.id} or take it out of the cohort.") from error
    if not volumes.present.all():
        found = ", ".join(volumes.modalities)
        raise CohortError(f"{case.id}: expected all four modalities, found {found}; add the rest or take it out.")
    affine, recipe = _aligned_grid(volumes, spacing_mm)
    images = resample(volumes.data, volumes.affine, affine, recipe) / levels[:, None, None, None]
    layers = resample(_layers(case, volumes), volumes.affine, affine, recipe) > 0.5
    return NormalisedStudy(case, images, layers[0], layers[1:] if case.mask else None, spacing_mm)


def _layers(case: Case, volumes: Volumes) -> np.ndarray:
    """Brain and, with a mask, the three regions, float32 [1 or 4, x, y, z]."""
    if case.mask is None:
        return volumes.brain[None].astype(np.float32)
    return np.stack([volumes.brain, *read_regions(case.mask, volumes)]).astype(np.float32)


def _aligned_grid(volumes: Volumes, spacing_mm: float) -> tuple[np.ndarray, Recipe]:
    """A grid round the brain that starts at a voxel's edge: whole voxels are averaged, none is interpolated.

    A grid centred on the brain, as the models have, would blur 2 mm voxels and leave averages of 1 mm ones sharp.
    """
    voxels = np.argwhere(volumes.brain)
    edges = np.array(list(product(*zip(voxels.min(axis=0), voxels.max(axis=0) + 1, strict=True)))) - 0.5
    world = edges @ volumes.affine[:3, :3].T + volumes.affine[:3, 3]
    size = np.ceil(np.ptp(world, axis=0) / spacing_mm - 1e-3).astype(int)
    affine = np.eye(4)
    affine[:3, :3] = spacing_mm * np.eye(3)[::-1]
    affine[:3, 3] = world.min(axis=0) + spacing_mm / 2
    return affine, Recipe(shape=tuple(size[::-1].tolist()), spacing=(spacing_mm,) * 3)
