"""The training loop: one model, one prepared cohort, cumulative phases; it can stop and resume at any epoch."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import torch
from accelerate import Accelerator
from accelerate.optimizer import AcceleratedOptimizer
from torch import Tensor, nn
from torch.optim.lr_scheduler import LRScheduler
from tqdm import tqdm

from zoo import ModelSpec, Phase, ZooError
from zoo.weights.load import build_module

from ..data.batches import Batch, Plan, plan_epoch, step_count, training_batches
from ..data.folds import Split
from ..data.patches import studies_of
from ..data.prepared_cohort import PreparedCohort
from ..options import FitOptions
from .accelerator import start_accelerator
from .checkpoint import Best, restore_checkpoint, restore_parts, run_identity, save_checkpoint
from .losses import TrainingLoss, balanced_weights
from .optimizer import build_optimization, channels_last
from .tracking import Tracker, history_of, untracked, write_history
from .validation import validation_loss

Encoders = Mapping[str, Mapping[str, Tensor]]
NO_ENCODERS: Encoders = MappingProxyType({})
WHOLE = ""
"""The name of the whole module among those that start from parameters; some of them are enough there."""


def fit(
    spec: ModelSpec,
    cohort: PreparedCohort,
    split: Split,
    options: FitOptions,
    checkpoint: Path,
    tracker: Tracker = untracked,
    encoders: Encoders = NO_ENCODERS,
) -> nn.Module:
    """Train a model, or go on from `checkpoint`, which is replaced after every epoch; its history lies beside it.

    encoders: parameters that submodules start from, by the submodule's name.
    Each phase ends with the parameters of the epoch with the lowest `validation_loss`: of grades, or of regions where
    it learns from patches. Uses a GPU where there is one, and every process that `accelerate launch` started. Returns
    the module in evaluation mode.
    """
    accelerator = start_accelerator(options, len(split.train))
    torch.manual_seed(options.seed)
    module = channels_last(started(build_module(spec), encoders).to(accelerator.device))
    loss_of = TrainingLoss(module, balanced_weights(cohort.y[split.train]).to(accelerator.device), options)
    trainee = accelerator.prepare_model(loss_of)
    run = run_identity(spec, cohort, split, options)
    progress, saved = restore_checkpoint(checkpoint, run, module)
    for phase, start, end in stages(spec, options):
        if end <= progress.epochs_done:
            continue
        studies = studies_of(phase, split.train)
        steps = (end - start) * step_count(studies, options)
        optimizer, schedule = build_optimization(module, phase, options, steps)
        parts = {"module": module, "optimizer": optimizer, "schedule": schedule, "scaler": accelerator.scaler}
        if start < progress.epochs_done:
            restore_parts(parts, saved)
        else:
            progress.best = Best()
        stepper = accelerator.prepare_optimizer(optimizer)
        for epoch in range(max(start, progress.epochs_done), end):
            began = time.perf_counter()
            generator = seeded(options, epoch, accelerator.process_index)
            plans = plan_epoch(studies, options, generator, accelerator.process_index, accelerator.num_processes)
            batches = training_batches(plans, cohort, phase, accelerator.device, options)
            bar = tqdm(batches, f"{spec.id} · {phase.name} · epoch {epoch + 1}", len(plans), leave=False, disable=None)
            loss = train_epoch(accelerator, trainee, stepper, schedule, zip(plans, bar, strict=True))
            val_loss = validation_loss(loss_of, cohort, split.val, phase)
            progress.best.offer(val_loss, epoch, module)
            ended = epoch + 1 == end or epoch - progress.best.epoch >= options.patience
            if ended:
                module.load_state_dict(progress.best.state)
            row = {"epoch": epoch + 1, "phase": phase.name, "loss": loss, "val_loss": val_loss}
            progress.note(end if ended else epoch + 1, row | {"seconds": time.perf_counter() - began})
            if accelerator.is_main_process:
                save_checkpoint(checkpoint, run, progress, parts)
                write_history(history_of(checkpoint), progress.history)
                tracker(progress.history)
            if ended:
                break
    accelerator.wait_for_everyone()
    return module.eval()


def started(module: nn.Module, encoders: Encoders) -> nn.Module:
    for name, parameters in encoders.items():
        module.get_submodule(name).load_state_dict(parameters, strict=name != WHOLE)
    return module


def train_epoch(
    accelerator: Accelerator,
    trainee: nn.Module,
    optimizer: AcceleratedOptimizer,
    schedule: LRScheduler,
    pieces: Iterable[tuple[Plan, Batch]],
) -> float:
    """Step through one epoch's pieces; returns the mean loss of what this process saw."""
    trainee.train()
    losses = []
    for plan, batch in pieces:
        with accelerator.accumulate(trainee):
            loss = trainee(*batch).mean() * plan.weight
            if not loss.requires_grad:
                raise ZooError("expected parameters that learn, found every rate 0 that counts here; see --rate.")
            accelerator.backward(loss)
            optimizer.step()
            optimizer.zero_grad()
        if accelerator.sync_gradients:
            schedule.step()
        losses.append(loss.detach())
    return torch.stack(losses).mean().item()


def stages(spec: ModelSpec, options: FitOptions) -> Iterator[tuple[Phase, int, int]]:
    """Each phase with its first epoch and the one after its last; every phase gets at least one epoch."""
    start = 0
    for phase in spec.phases:
        end = start + max(1, round(options.epochs * spec.epochs_factor * phase.share))
        yield phase, start, end
        start = end


def seeded(options: FitOptions, epoch: int, process: int = 0) -> torch.Generator:
    """Seed an epoch by its number, so that a resumed run draws what an unbroken one would have drawn.

    The generator is the same in all processes, which share out what it orders; what models draw by themselves is not.
    """
    seed = options.seed * 100_003 + epoch
    torch.manual_seed(seed + process * 1_000_003)
    return torch.Generator().manual_seed(seed)
