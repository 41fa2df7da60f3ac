"""A study stored otherwise is the same study: orientation, oblique grid, voxel size and number type don't change it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from nibabel.orientations import axcodes2ornt, io_orientation, ornt_transform
from nibabel.processing import resample_from_to

from zoo import MODALITIES, Volumes
from zoo.assets.examples import EXAMPLES
from zoo.inference.grade import grade_study
from zoo.registry import load_registry
from zoo.study.load import load_volumes
from zoo.study.prepare import prepare_once
from zoo.weights.load import load_weights

ROOT = os.environ.get("GLIOMA_ZOO_REAL_CASES")
REAL = sorted(path for path in Path(ROOT).iterdir() if path.is_dir()) if ROOT else []
SAME = 0.05
Change = Callable[[nib.Nifti1Image], nib.Nifti1Image]


def oriented(codes: str) -> Change:
    def change(image: nib.Nifti1Image) -> nib.Nifti1Image:
        return image.as_reoriented(ornt_transform(io_orientation(image.affine), axcodes2ornt(codes)))

    return change


def on_grid(spacing: float = 1.0, degrees: float = 0.0) -> Change:
    """Linear interpolation onto another grid, turned about the head's long axis; every scan of a study the same way."""

    def change(image: nib.Nifti1Image) -> nib.Nifti1Image:
        angle = np.deg2rad(degrees)
        turn = np.eye(4)
        turn[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
        shape = tuple(int(size / spacing) for size in image.shape)
        affine = turn @ image.affine @ np.diag([spacing, spacing, spacing, 1])
        centre = image.affine[:3, :3] @ ((np.array(image.shape) - 1) / 2) + image.affine[:3, 3]
        affine[:3, 3] = centre - affine[:3, :3] @ ((np.array(shape) - 1) / 2)
        return resample_from_to(image, (shape, affine), order=1)

    return change


def stored_as(kind: type) -> Change:
    def change(image: nib.Nifti1Image) -> nib.Nifti1Image:
        voxels = np.asarray(image.dataobj)
        scale = 1 if np.issubdtype(kind, np.floating) else 30000 / voxels.max()
        return nib.Nifti1Image((voxels * scale).astype(kind), image.affine)

    return change


CHANGES: dict[str, Change] = {
    "RAS": oriented("RAS"),
    "PIR": oriented("PIR"),
    "SLA": oriented("SLA"),
    "0.8 mm": on_grid(0.8),
    "1.2 mm": on_grid(1.2),
    "oblique by 20°": on_grid(degrees=20),
    "float64": stored_as(np.float64),
    "uint16": stored_as(np.uint16),
}

# Every real study is stored in three ways, every way comes three times or more.
DEALT = [(source, kind) for n, source in enumerate(REAL) for kind in (list(CHANGES) * 2)[n % 8 :][:3]]


@lru_cache(maxsize=1)
def original(source: Path) -> tuple[Volumes, dict[str, float]]:
    volumes = load_volumes(load_registry().read(source))
    return volumes, answers(volumes)


@lru_cache(maxsize=1)
def models():
    return [load_weights(spec) for spec in load_registry().models.values() if spec.is_trained]


def answers(volumes: Volumes) -> dict[str, float]:
    prepared = prepare_once(volumes)
    return {model.spec.id: grade_study(volumes, [], model, prepared).p_hgg for model in models()}


def changed(volumes: Volumes, change: Change, folder: Path) -> Volumes:
    """Written with the change, not packed, which takes longer than all else, and read again."""
    files = {}
    for name, data in zip(MODALITIES, volumes.data, strict=True):
        files[name] = folder / f"case_{name}.nii"
        nib.save(change(nib.Nifti1Image(data, volumes.affine)), files[name])
    return replace(load_volumes(load_registry().read(files)), id=volumes.id)


def expect_the_same(source: Path, change: Change, folder: Path) -> None:
    volumes, expected = original(source)
    found = answers(changed(volumes, change, folder))
    off = {name: round(found[name] - p, 3) for name, p in expected.items() if abs(found[name] - p) >= SAME}
    assert not off, f"changes of p_hgg: {off}"


@pytest.mark.parametrize("kind", CHANGES)
def test_an_example_gets_the_same_grades(kind, tmp_path):
    expect_the_same(EXAMPLES[0].folder, CHANGES[kind], tmp_path)


@pytest.mark.long
@pytest.mark.skipif(not ROOT, reason="GLIOMA_ZOO_REAL_CASES is not set: no real studies to grade")
@pytest.mark.parametrize(("source", "kind"), DEALT or [(None, "RAS")], ids=str)
def test_a_real_study_gets_the_same_grades(source, kind, tmp_path):
    expect_the_same(source, CHANGES[kind], tmp_path)
