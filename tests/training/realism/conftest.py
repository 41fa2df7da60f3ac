"""Made-up cohorts of tiny studies: ellipsoids of noise with a lesion of three regions in each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests_support import save_scan
from training.cohorts import Case
from training.realism.study import NormalisedStudy
from zoo import MODALITIES

SHAPE = (40, 44, 36)
SPACING_MM = 4.0


def affine_of(spacing: float = SPACING_MM) -> np.ndarray:
    """Axes to the left, posterior and superior as in BraTS."""
    return np.diag([-spacing, -spacing, spacing, 1.0])


def radius(shape: tuple[int, ...] = SHAPE, centre: float = 0.5) -> np.ndarray:
    """Distance from the place at `centre` of each axis, in voxels."""
    axes = np.meshgrid(*(np.arange(size) - centre * (size - 1) for size in shape), indexing="ij")
    return np.linalg.norm(axes, axis=0)


def labels_of() -> np.ndarray:
    """Enhancing ball in a shell of core in a shell of oedema, uint8 [x, y, z]."""
    away = radius(centre=0.4)
    return np.select([away < 3, away < 5, away < 8], [4, 1, 2], 0).astype(np.uint8)


def images_of(seed: int, gain: float = 1.0, smooth: bool = False) -> np.ndarray:
    """float32 [4, x, y, z]: white matter about 100; `gain` brightens the lesion; 0 outside the brain."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(0, 0.02 if smooth else 0.08, (4, *SHAPE))
    lesion = np.where(labels_of() > 0, gain * np.array([0.8, 1.2, 1.8, 1.7]).reshape(4, 1, 1, 1), 1)
    return (100 * np.maximum(lesion + noise, 0.05) * (radius() < 16)).astype(np.float32)


@pytest.fixture(autouse=True)
def _few_trees(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enough for what is made up here, in seconds."""
    monkeypatch.setattr("training.realism.classifier_two_sample.TREES", 15)


@pytest.fixture
def make_cohort(tmp_path: Path) -> Callable[..., Path]:
    """make_cohort("real", cases=4, masks=4, gain=1, seed=0) -> a cohort's folder; `masks` of the cases have one."""

    def make(name: str, cases: int = 4, masks: int | None = None, seed: int = 0, **look) -> Path:
        home = tmp_path / name
        for index in range(cases):
            case = f"{name}{index}"
            folder = home / ("LGG", "HGG")[index % 2] / case
            folder.mkdir(parents=True)
            for modality, image in zip(MODALITIES, images_of(seed + index, **look), strict=True):
                save_scan(folder / f"{case}_{modality}.nii.gz", image, affine_of())
            if masks is None or index < masks:
                save_scan(folder / f"{case}_seg.nii.gz", labels_of(), affine_of())
        return home

    return make


@pytest.fixture
def make_normalised() -> Callable[..., NormalisedStudy]:
    """make_normalised(seed, gain=1) -> a study as `read_study` gives it, but that no file is read."""

    def make(seed: int = 0, masked: bool = True, **look) -> NormalisedStudy:
        case = Case(f"case{seed}", "HGG", f"patient{seed}", "", "", Path("nowhere"))
        images, labels = images_of(seed, **look) / 100, labels_of()
        regions = np.stack([labels == 1, labels == 2, labels == 4]) if masked else None
        return NormalisedStudy(case, images, radius() < 16, regions, SPACING_MM)

    return make
