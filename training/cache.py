"""A cohort prepared once by a recipe and kept as memory-mapped arrays: a second run does no image work."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import nibabel as nib
import numpy as np
import torch
from tqdm import tqdm

from training.cohorts import Case
from zoo import GRADES, MODALITIES, Recipe
from zoo.prepare import prepare, resample
from zoo.registry import Registry, load_registry
from zoo.volumes import load_volumes

CACHE_VERSION = 1
BRATS_LABELS = (1, 2, 4)


@dataclass(frozen=True)
class PreparedCohort:
    """Arrays over N cases, in the cohort's order.

    x: float16 [N, 4, D, H, W]. present: bool [N, 4]. regions: float16 [N, 3, D, H/4, W/4], the share of each voxel in
    core, oedema and enhancing tumour; NaN where a case has no mask. y: int64 [N], 0 LGG and 1 HGG.
    """

    x: np.ndarray
    present: np.ndarray
    regions: np.ndarray
    y: np.ndarray


def prepare_cohort(cases: Sequence[Case], recipe: Recipe, folder: Path) -> PreparedCohort:
    """Prepare all cases over all cores, or open what an earlier call left in `folder`."""
    home = folder / fingerprint(cases, recipe)
    if not (home / "done").is_file():
        _fill(cases, recipe, home)
    arrays = {name: np.load(home / f"{name}.npy", mmap_mode="r") for name in ("x", "present", "regions")}
    return PreparedCohort(**arrays, y=np.array([GRADES.index(case.grade) for case in cases]))


def fingerprint(cases: Sequence[Case], recipe: Recipe) -> str:
    """Changes with the recipe and with any file's name, size or time of change."""
    files = [
        (case.id, path.name, path.stat().st_size, path.stat().st_mtime_ns)
        for case in cases
        for path in sorted(case.folder.iterdir())
    ]
    return hashlib.sha256(json.dumps([CACHE_VERSION, recipe.as_json(), files]).encode()).hexdigest()[:16]


def _fill(cases: Sequence[Case], recipe: Recipe, home: Path) -> None:
    home.mkdir(parents=True, exist_ok=True)
    depth, height, width = recipe.shape
    shapes = {
        "x": ((len(MODALITIES), *recipe.shape), np.float16),
        "present": ((len(MODALITIES),), np.bool_),
        "regions": ((len(BRATS_LABELS), depth, height // 4, width // 4), np.float16),
    }
    arrays = {
        name: np.lib.format.open_memmap(home / f"{name}.npy", "w+", dtype, (len(cases), *shape))
        for name, (shape, dtype) in shapes.items()
    }
    # Spawned, not forked: a parent with PyTorch threads can't be forked safely.
    with ProcessPoolExecutor(os.cpu_count(), multiprocessing.get_context("spawn"), torch.set_num_threads, (1,)) as pool:
        prepared = pool.map(partial(_prepare_case, recipe=recipe), cases, chunksize=4)
        for index, row in enumerate(tqdm(prepared, "preparing", len(cases), unit="study")):
            for name, value in row.items():
                arrays[name][index] = value
    for array in arrays.values():
        array.flush()
    (home / "done").touch()


def _prepare_case(case: Case, recipe: Recipe) -> dict[str, np.ndarray]:
    volumes = load_volumes(_registry().read(case.folder))
    model_input = prepare(volumes, recipe)
    regions = _regions(case, volumes.affine, model_input.affine, recipe)
    return {"x": model_input.x[0], "present": model_input.present[0], "regions": regions}


@cache
def _registry() -> Registry:
    return load_registry()


def _regions(case: Case, affine: np.ndarray, model_affine: np.ndarray, recipe: Recipe) -> np.ndarray | float:
    masks = sorted(case.folder.glob("*_seg.nii*"))
    if not masks:
        return np.nan
    labels = np.asarray(nib.load(masks[0]).dataobj)
    one_hot = np.stack([labels == label for label in BRATS_LABELS]).astype(np.float32)
    fine = torch.from_numpy(resample(one_hot, affine, model_affine, recipe))
    return torch.nn.functional.avg_pool3d(fine, (1, 4, 4)).numpy()
