"""How many images training sees in a second; what an epoch costs beside its model, next to MONAI's loaders."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import psutil
import torch
from monai import transforms
from monai.data import CacheDataset, Dataset
from torch.utils.data import DataLoader

from training.cohorts import Case, load_cohort
from training.data.batches import Batch, Plan, plan_epoch, training_batches
from training.data.patches import studies_of
from training.data.prepared_cohort import PreparedCohort, prepare_cohort
from training.fit.accelerator import start_accelerator
from training.fit.loop import seeded, train_epoch
from training.fit.losses import TrainingLoss, balanced_weights
from training.fit.optimizer import build_optimization, channels_last
from training.options import FitOptions
from training.simulation import write_cohort
from zoo import GRADES, MODALITIES, ModelSpec, Phase, Recipe
from zoo.registry import load_registry
from zoo.weights.load import build_module

STUDIES, ROUNDS, EPOCHS = 16, 3, 5
SPACING_MM = 1.0  # as in BraTS
OPTIONS = FitOptions()
PATCHES, WHOLE = ("unet-radiomics", 0), ("early-fusion", 1)
"""A model and which of its phases: one learns from patches, one from whole studies."""
Loader = Callable[[], Iterable[Batch]]


def bench_training() -> None:
    """Prints; what is compared takes turns, and ratios are medians over rounds: a busy machine slows both."""
    with tempfile.TemporaryDirectory() as folder:
        write_cohort(Path(folder) / "cohort", STUDIES, seed=1, spacing_mm=SPACING_MM)
        cases = load_cohort(Path(folder) / "cohort").cases
        cohort = prepare_cohort(cases, load_registry().model(WHOLE[0]).recipe, Path(folder) / "prepared")
        _beside_monai(cases, cohort)


def images_a_second(cohort: PreparedCohort, model: str, phase: int) -> float:
    """Median speed of the epochs of one phase; each patch is an image, and so is each whole study."""
    spec = load_registry().model(model)
    train = _trainer(spec, spec.phases[phase])
    images = len(studies_of(spec.phases[phase], np.arange(STUDIES)))
    seconds = [_seconds(train, lambda: _ours(cohort, spec.phases[phase])) for _ in range(ROUNDS + 1)][1:]
    return images / statistics.median(seconds)


def _beside_monai(cases: Sequence[Case], cohort: PreparedCohort) -> None:
    spec = load_registry().model(WHOLE[0])
    phase = spec.phases[WHOLE[1]]
    train = _trainer(spec, phase)
    constant = list(_ours(cohort, phase))
    cache = CacheDataset(_items(cases), _monai(spec.recipe), num_workers=2, progress=False)
    loaders: dict[str, Loader] = {
        "ours": lambda: _ours(cohort, phase),
        "constant tensors": lambda: constant,
        "MONAI without a cache": lambda: _theirs(Dataset(_items(cases), _monai(spec.recipe)), cohort),
        "MONAI's CacheDataset": lambda: _theirs(cache, cohort),
    }
    rounds = [{name: _seconds(train, load) for name, load in loaders.items()} for _ in range(ROUNDS + 1)][1:]
    print(f"an epoch of early-fusion         {_median(rounds, 'ours'):6.2f} s, {STUDIES} studies")
    print(f"of it the model's own            {_ratio(rounds, 'constant tensors', 'ours'):6.0%}")
    for name in ("MONAI without a cache", "MONAI's CacheDataset"):
        print(f"the same with {name:23} {_ratio(rounds, name, 'ours'):.2f} x the time")
    print(f"memory after each of {EPOCHS} epochs    {_memory(train, loaders['ours'])} GiB")


def _trainer(spec: ModelSpec, phase: Phase) -> Callable[[Iterable[Batch]], None]:
    """One epoch of the same model, loss and optimizer, whoever loads the batches."""
    accelerator = start_accelerator(OPTIONS, STUDIES)
    module = channels_last(build_module(spec))
    trainee = accelerator.prepare_model(TrainingLoss(module, balanced_weights(np.arange(STUDIES) % 2), OPTIONS))
    optimizer, schedule = build_optimization(module, phase, OPTIONS, 10_000)
    stepper = accelerator.prepare_optimizer(optimizer)
    plan = Plan(np.arange(0), np.arange(0), 1.0)

    def train(batches: Iterable[Batch]) -> None:
        train_epoch(accelerator, trainee, stepper, schedule, ((plan, batch) for batch in batches))

    return train


def _ours(cohort: PreparedCohort, phase: Phase) -> Iterator[Batch]:
    plans = plan_epoch(studies_of(phase, np.arange(STUDIES)), OPTIONS, seeded(OPTIONS, 0))
    return training_batches(plans, cohort, phase, torch.device("cpu"), OPTIONS)


def _theirs(dataset: Dataset, cohort: PreparedCohort) -> Iterator[Batch]:
    """x as MONAI makes it; regions from our cache, which is to its advantage."""
    for items in DataLoader(dataset, OPTIONS.batch_size, shuffle=True):
        rows = items["row"].numpy()
        x = items["x"].as_tensor().contiguous(memory_format=torch.channels_last_3d)
        regions = torch.from_numpy(cohort.regions[rows]).float()
        yield Batch(x, torch.from_numpy(cohort.present[rows]), regions, items["y"])


def _items(cases: Sequence[Case]) -> list[dict[str, object]]:
    files = [{name: next(case.source.glob(f"*_{name}.nii.gz")) for name in MODALITIES} for case in cases]
    return [{**found, "row": row, "y": GRADES.index(cases[row].grade)} for row, found in enumerate(files)]


def _monai(recipe: Recipe) -> transforms.Compose:
    """The same preparation and augmentation in MONAI's own transforms."""
    return transforms.Compose(
        [
            transforms.LoadImaged(MODALITIES, ensure_channel_first=True),
            transforms.ConcatItemsd(MODALITIES, "x"),
            transforms.SelectItemsd(("x", "row", "y")),
            transforms.Orientationd("x", "SAR", labels=None),
            transforms.Spacingd("x", recipe.spacing),
            transforms.NormalizeIntensityd("x", nonzero=True, channel_wise=True),
            transforms.ResizeWithPadOrCropd("x", recipe.shape),
            transforms.RandFlipd("x", 0.5, spatial_axis=2),
            transforms.RandScaleIntensityd("x", 0.08, prob=1.0),
            transforms.RandShiftIntensityd("x", 0.05, prob=1.0),
            transforms.RandGaussianNoised("x", 1.0, std=0.05),
        ]
    )


def _seconds(train: Callable[[Iterable[Batch]], None], load: Loader) -> float:
    start = time.perf_counter()
    train(load())
    return time.perf_counter() - start


def _median(rounds: Sequence[dict[str, float]], name: str) -> float:
    return statistics.median(each[name] for each in rounds)


def _ratio(rounds: Sequence[dict[str, float]], one: str, other: str) -> float:
    return statistics.median(each[one] / each[other] for each in rounds)


def _memory(train: Callable[[Iterable[Batch]], None], load: Loader) -> str:
    """Of this process, without what it maps from files."""
    found = []
    for _ in range(EPOCHS):
        train(load())
        found.append(psutil.Process().memory_full_info().uss / 2**30)
    return ", ".join(f"{gib:.2f}" for gib in found)


if __name__ == "__main__":
    bench_training()
