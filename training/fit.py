"""The training loop: one model, one prepared cohort, cumulative phases; it can stop and resume at any epoch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from tqdm import tqdm

from training.augment import augment, hide_modalities
from training.batches import best_device, load_batch
from training.cache import PreparedCohort
from training.checkpoint import restore_checkpoint, save_checkpoint
from training.losses import balanced_weights, training_loss
from training.options import FitOptions
from zoo import ModelSpec, Phase
from zoo.weights import build_module


def fit(spec: ModelSpec, cohort: PreparedCohort, train: np.ndarray, options: FitOptions, checkpoint: Path) -> nn.Module:
    """Train a model, or go on from `checkpoint`, which is replaced after every epoch.

    train: indices into the cohort. Uses a GPU, in bfloat16, where there is one. Returns the module in evaluation mode.
    """
    device = best_device()
    torch.manual_seed(options.seed)
    module = channels_last(build_module(spec).to(device))
    class_weights = balanced_weights(cohort.y[train]).to(device)
    run = run_identity(spec, options)
    done, saved = restore_checkpoint(checkpoint, run, module)
    for phase, start, end in stages(spec, options):
        if end <= done:
            continue
        optimizer, schedule = build_optimization(module, phase, options, (end - start) * batches(train, options))
        if start < done:
            optimizer.load_state_dict(saved["optimizer"])
            schedule.load_state_dict(saved["schedule"])
        for epoch in range(max(start, done), end):
            generator = seeded(options, epoch)
            module.train()
            bar = tqdm(shuffled(train, options, generator), f"{spec.id} · {phase.name} · epoch {epoch + 1}")
            for rows in bar:
                x, present, regions, y = load_batch(cohort, rows, phase.modalities, device)
                x, regions = augment(x, regions, generator)
                present = hide_modalities(present, phase.modality_dropout, generator)
                x = x.contiguous(memory_format=torch.channels_last_3d)
                with torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
                    loss = training_loss(module, x, present, regions, y, class_weights, options)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                schedule.step()
                bar.set_postfix(loss=f"{loss.item():.3f}")
            save_checkpoint(checkpoint, run, epoch + 1, module, optimizer, schedule)
    return module.eval()


def channels_last(module: nn.Module) -> nn.Module:
    """Lay 3-D kernels out as the fast convolutions read them; `Module.to` would stumble over 2-D ones."""
    for parameter in module.parameters():
        if parameter.ndim == 5:
            parameter.data = parameter.data.contiguous(memory_format=torch.channels_last_3d)
    return module


def stages(spec: ModelSpec, options: FitOptions) -> Iterator[tuple[Phase, int, int]]:
    """Each phase with its first epoch and the one after its last; every phase gets at least one epoch."""
    start = 0
    for phase in spec.phases:
        end = start + max(1, round(options.epochs * phase.share))
        yield phase, start, end
        start = end


def batches(train: np.ndarray, options: FitOptions) -> int:
    return -(-len(train) // options.batch_size)


def seeded(options: FitOptions, epoch: int) -> torch.Generator:
    """Every epoch starts from its own seed, so that a resumed run draws what an unbroken one would have drawn."""
    seed = options.seed * 100_003 + epoch
    torch.manual_seed(seed)
    return torch.Generator().manual_seed(seed)


def shuffled(train: np.ndarray, options: FitOptions, generator: torch.Generator) -> list[np.ndarray]:
    order = torch.randperm(len(train), generator=generator).numpy()
    return np.array_split(train[order], batches(train, options))


def build_optimization(
    module: nn.Module, phase: Phase, options: FitOptions, steps: int
) -> tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.LRScheduler]:
    """AdamW with the phase's rates, warmed up and annealed once over the phase."""
    groups: dict[float, list[nn.Parameter]] = {}
    for name, parameter in module.named_parameters():
        groups.setdefault(_rate(name, phase), []).append(parameter)
    peaks = [options.learning_rate * rate for rate in groups]
    optimizer = torch.optim.AdamW(
        [{"params": parameters, "lr": peak} for parameters, peak in zip(groups.values(), peaks, strict=True)],
        weight_decay=options.weight_decay,
    )
    return optimizer, torch.optim.lr_scheduler.OneCycleLR(optimizer, peaks, total_steps=steps)


def _rate(name: str, phase: Phase) -> float:
    return next((rate for prefix, rate in phase.rates.items() if name.startswith(prefix)), 1.0)


def run_identity(spec: ModelSpec, options: FitOptions) -> dict[str, Any]:
    """What must agree for a checkpoint to be gone on from."""
    return {"model": spec.id, "architecture": str(dict(spec.options)), "phases": str(spec.phases), **asdict(options)}
