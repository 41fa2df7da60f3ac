"""The same files, read and prepared by MONAI's own transforms."""

from __future__ import annotations

from pathlib import Path

from monai import transforms

from bench import reading
from bench.timing import seconds
from zoo import MODALITIES, Recipe
from zoo.inference.loaded import registry
from zoo.types.roles import HEADLINE_MODEL


def read_and_prepare(study: Path) -> tuple[float, float]:
    """Measure MONAI's seconds, and how many times ours they are."""
    prepare = transforms.Compose(preparation(registry().model(HEADLINE_MODEL).recipe))
    files = {name: next(study.glob(f"*_{name}.nii.gz")) for name in MODALITIES}
    theirs = seconds(prepare, files)
    return theirs, theirs / reading.read_and_prepare(study)


def preparation(recipe: Recipe) -> list[transforms.Transform]:
    """MONAI's way from {modality: file} to "x" [4, D, H, W]: what a recipe says, without augmentation."""
    return [
        transforms.LoadImaged(MODALITIES, ensure_channel_first=True),
        transforms.ConcatItemsd(MODALITIES, "x"),
        transforms.DeleteItemsd(MODALITIES),
        transforms.Orientationd("x", "SAR", labels=None),
        transforms.Spacingd("x", recipe.spacing),
        transforms.NormalizeIntensityd("x", nonzero=True, channel_wise=True),
        transforms.ResizeWithPadOrCropd("x", recipe.shape),
    ]
