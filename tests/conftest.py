"""Fixtures for all tests: synthetic studies on disk and in memory, the registry, a tiny model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests_support import brain_affine, brain_image, make_volumes, save_scan

from zoo import MODALITIES, ModelSpec, Volumes
from zoo.registry import Registry, load_registry


@pytest.fixture
def make_study(tmp_path: Path) -> Callable[..., Path]:
    """make_study(modalities, name) -> a folder with one NIfTI a modality, named as in BraTS."""

    def make(modalities: tuple[str, ...] = MODALITIES, name: str = "case1") -> Path:
        folder = tmp_path / name
        folder.mkdir()
        for modality in modalities:
            image = brain_image(modality, brain_affine()).astype(np.int16)
            save_scan(folder / f"{name}_{modality}.nii.gz", image, brain_affine())
        return folder

    return make


@pytest.fixture
def volumes() -> Volumes:
    return make_volumes(brain_affine())


@pytest.fixture(scope="session")
def registry() -> Registry:
    return load_registry()


@pytest.fixture
def tiny_spec(registry: Registry, tmp_path: Path) -> ModelSpec:
    """A real model of the zoo, small enough to build and train in a test; its weights file is not there yet."""
    spec = registry.model("single-t1ce")
    options = {**spec.options, "width": 4}
    return replace(spec, options=options, weights=tmp_path / "weights" / "tiny.safetensors")
