"""Rows of a prepared cohort as tensors on the device: the studies of an epoch, and functions applied batch by batch."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from zoo import MODALITIES, Phase
from zoo.weights.load import device_of

from ..options import FitOptions
from .augment import augment, hide_modalities
from .looks import graded_seen, patch_seen
from .prepared_cohort import PreparedCohort

BATCH_SIZE = 8


class Batch(NamedTuple):
    """Studies on the device: x float32 [B, 4, D, H, W], present bool [B, 4], region shares, grades int64 [B].

    Patches have no grade: y is None.
    """

    x: Tensor
    present: Tensor
    regions: Tensor
    y: Tensor | None


class Plan(NamedTuple):
    """Rows of a cohort that a process sees at once, and the seed of what is random about each.

    weight: of their mean loss, so that the mean over the pieces of a step is the mean over the step's studies.
    """

    rows: np.ndarray
    seeds: np.ndarray
    weight: float


def load_batch(cohort: PreparedCohort, rows: np.ndarray, modalities: Sequence[str], device: torch.device) -> Batch:
    """Load the chosen cases, with only those modalities present that are to be shown."""
    arrays = cohort.x[rows], _shown(cohort, rows, modalities), cohort.regions[rows], cohort.y[rows]
    x, present, regions, y = (torch.from_numpy(array).to(device) for array in arrays)
    return Batch(x.float(), present, regions.float(), y)


def _shown(cohort: PreparedCohort, rows: np.ndarray, modalities: Sequence[str]) -> np.ndarray:
    """Which modalities each of the rows has, of those that are to be shown; bool [len(rows), 4]."""
    return cohort.present[rows] & np.array([name in modalities for name in MODALITIES])


def plan_epoch(
    train: np.ndarray, options: FitOptions, generator: torch.Generator, process: int = 0, processes: int = 1
) -> list[Plan]:
    """Plan one epoch in random order: of each step the pieces that fall to this process.

    Each study has a seed of its own, so the pieces together are the same however many there are.
    """
    plans = []
    for rows in shuffled(train, options, generator):
        seeds = torch.randint(2**62, (len(rows),), generator=generator).numpy()
        parts = np.array_split(np.arange(len(rows)), processes * options.accumulate)
        plans += [
            Plan(rows[part], seeds[part], len(part) * len(parts) / len(rows)) for part in parts[process::processes]
        ]
    return plans


def training_batches(
    plans: Iterable[Plan], cohort: PreparedCohort, phase: Phase, device: torch.device, options: FitOptions
) -> Iterator[Batch]:
    """Yield the planned studies on the device, augmented, each made while the one before is computed with."""

    def make(plan: Plan) -> Batch:
        return augmented(plan, cohort, phase, device, options)

    return prefetched(make, plans) if device.type == "cuda" else map(make, plans)


def shuffled(train: np.ndarray, options: FitOptions, generator: torch.Generator) -> list[np.ndarray]:
    """Split shuffled rows into steps of nearly equal size, none larger than the options say."""
    order = torch.randperm(len(train), generator=generator).numpy()
    return np.array_split(train[order], step_count(train, options))


def step_count(train: np.ndarray, options: FitOptions) -> int:
    """Count the steps of an epoch."""
    return -(-len(train) // options.batch_size)


def augmented(plan: Plan, cohort: PreparedCohort, phase: Phase, device: torch.device, options: FitOptions) -> Batch:
    """Change each study, or a patch of it, at random by its seed; x, float32, lies as 3-D convolutions like it."""
    changed = []
    shown = torch.from_numpy(_shown(cohort, plan.rows, phase.modalities))
    for row, seed, present in zip(plan.rows.tolist(), plan.seeds.tolist(), shown, strict=True):
        generator = torch.Generator().manual_seed(seed)
        seen = augment(*_placed(row, present, cohort, phase, device, options, generator), generator)
        changed.append((*seen, hide_modalities(present, phase.modality_dropout, generator)))
    studies, regions, present = zip(*changed, strict=True)
    y = None if phase.patches else torch.from_numpy(cohort.y[plan.rows]).to(device)
    return Batch(_channels_last(studies), torch.stack(present).to(device), torch.stack(regions), y)


def _placed(
    row: int,
    present: Tensor,
    cohort: PreparedCohort,
    phase: Phase,
    device: torch.device,
    options: FitOptions,
    generator: torch.Generator,
) -> tuple[Tensor, Tensor]:
    """Read a study, or of its files only what a patch shows, and give it the place and look that are drawn for it."""
    x, regions = torch.from_numpy(cohort.x[row]), torch.from_numpy(cohort.regions[row])
    if phase.patches:
        x, regions = patch_seen(row, x, present, regions, cohort.tissues, options, generator)
        return x.to(device), regions.to(device).float()
    return graded_seen(x.to(device), regions.to(device).float(), options, generator)


def _channels_last(studies: Sequence[Tensor]) -> Tensor:
    """Stack studies and lay them out in one pass."""
    shape = (len(studies), *studies[0].shape)
    x = torch.empty(shape, device=studies[0].device, memory_format=torch.channels_last_3d)
    return torch.stack(list(studies), out=x)


def prefetched(make: Callable[[Plan], Batch], plans: Iterable[Plan]) -> Iterator[Batch]:
    """Map one item ahead in a thread, for a GPU: a CPU that trains has nothing left to work ahead with."""
    with ThreadPoolExecutor(1) as pool:
        upcoming: deque[Future[Batch]] = deque()
        for plan in plans:
            upcoming.append(pool.submit(make, plan))
            if len(upcoming) > 1:
                yield upcoming.popleft().result()
        yield from (future.result() for future in upcoming)


def predict(module: nn.Module, cohort: PreparedCohort, rows: np.ndarray, modalities: Sequence[str]) -> np.ndarray:
    """Return logit(HGG) − logit(LGG) of the chosen cases, float64 [len(rows)]."""
    logits = apply(module, cohort, rows, modalities, device_of(module))
    return logits[:, 1] - logits[:, 0]


def predict_looks(module: nn.Module, cohort: PreparedCohort, rows: np.ndarray, modalities: Sequence[str]) -> np.ndarray:
    """Return the same of each of the cohort's looks, float64 [looks, len(rows)]."""
    return np.stack([predict(module, look, rows, modalities) for look in cohort.looks])


def apply(
    function: Callable[[Tensor, Tensor], Tensor],
    cohort: PreparedCohort,
    rows: np.ndarray,
    modalities: Sequence[str],
    device: torch.device,
) -> np.ndarray:
    """Apply function(x, present) to the chosen cases, batch by batch on the device, float64 [len(rows), …]."""
    results = []
    with torch.inference_mode():
        for part in np.array_split(rows, max(1, len(rows) // BATCH_SIZE)):
            batch = load_batch(cohort, part, modalities, device)
            results.append(function(batch.x, batch.present).double().cpu().numpy())
    return np.concatenate(results)
