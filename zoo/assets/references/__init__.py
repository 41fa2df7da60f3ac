"""Four simulated brains without a tumour: what a modality looks like that has nothing to show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from zoo.study.load import load_volumes
from zoo.study.prepare import prepare
from zoo.types import MODALITIES, Recipe, Study, Volumes

HERE = Path(__file__).parent


@lru_cache(maxsize=2)
def load_references(recipe: Recipe) -> np.ndarray:
    """The four as inputs of a model, float32 [4, 4, D, H, W]: reference, modality, slices, rows, columns."""
    return np.concatenate([prepare(volumes, recipe).x for volumes in read_references()])


def reference_in_box(recipe: Recipe, shape: Sequence[int]) -> np.ndarray:
    """One of the four in a box of another shape [D, H, W] than the recipe's, float32 [1, 4, D, H, W]."""
    depth, height, width = shape
    return load_references(replace(recipe, shape=(depth, height, width)))[:1]


def read_references() -> list[Volumes]:
    """The four as they are stored."""
    folders = sorted(path for path in HERE.iterdir() if path.name.startswith("reference-"))
    return [load_volumes(_study(folder)) for folder in folders]


def _study(folder: Path) -> Study:
    return Study(folder.name, {name: folder / f"{folder.name}_{name}.nii.gz" for name in MODALITIES})
