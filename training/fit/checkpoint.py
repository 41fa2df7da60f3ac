"""The state of a training run on disk, whole at any moment."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from zoo import ModelSpec, ZooError

from ..data.folds import Split
from ..data.prepared_cohort import PreparedCohort
from ..jobs.files import atomic_write
from ..options import FitOptions


@dataclass
class Best:
    """The parameters with the lowest loss on the validation cases that a phase has seen, and when."""

    loss: float = float("inf")
    epoch: int = -1
    state: dict[str, torch.Tensor] = field(default_factory=dict)

    def offer(self, loss: float, epoch: int, module: nn.Module) -> None:
        if loss < self.loss:
            state = {name: value.detach().clone() for name, value in module.state_dict().items()}
            self.loss, self.epoch, self.state = loss, epoch, state


@dataclass
class Progress:
    """How far a run is. epochs_done: skipped ones of phases that ended early count too. history: one row an epoch."""

    epochs_done: int = 0
    best: Best = field(default_factory=Best)
    history: list[dict[str, Any]] = field(default_factory=list)

    def note(self, epochs_done: int, row: dict[str, Any]) -> None:
        self.epochs_done = epochs_done
        self.history.append(row)


def run_identity(spec: ModelSpec, cohort: PreparedCohort, split: Split, options: FitOptions) -> dict[str, Any]:
    """What must agree for a checkpoint to be gone on from."""
    rows = np.concatenate([split.train, [-1], split.val]).astype(np.int64)
    return {
        "model": spec.id,
        "architecture": str(dict(spec.options)),
        "phases": str(spec.phases),
        "epochs_factor": spec.epochs_factor,
        "cohort": cohort.fingerprint,
        "split": hashlib.sha256(rows.tobytes() + cohort.y.tobytes()).hexdigest()[:16],
        **asdict(options),
    }


def save_checkpoint(path: Path, run: dict[str, Any], progress: Progress, parts: dict[str, Any]) -> None:
    """Replace the checkpoint in one step, so that a kill at any moment leaves a whole one.

    parts: module, optimizer and the like, by name; None is passed over.
    """
    states = {name: part.state_dict() for name, part in parts.items() if part is not None}
    with atomic_write(path) as partial:
        torch.save({"run": run, "progress": asdict(progress), **states}, partial)


def restore_checkpoint(path: Path, run: dict[str, Any], module: nn.Module) -> tuple[Progress, dict[str, Any]]:
    """Fill the module from a checkpoint of the same run; returns how far it was and the states of all parts."""
    if not path.is_file():
        return Progress(), {}
    state = torch.load(path, map_location="cpu", weights_only=True)
    if state["run"] != run:
        raise ZooError(f"{path}: expected a checkpoint of the run {run}, found {state['run']}. Delete it or go back.")
    module.load_state_dict(state["module"])
    progress = state["progress"]
    history = [_by_new_name(row) for row in progress["history"]]
    return Progress(progress["epochs_done"], Best(**progress["best"]), history), state


def _by_new_name(row: dict[str, Any]) -> dict[str, Any]:
    """An epoch's figures, of which `val_loss` was called inner_loss in the checkpoints of version 0.1.0."""
    return {"val_loss" if name == "inner_loss" else name: value for name, value in row.items()}


def restore_parts(parts: dict[str, Any], saved: dict[str, Any]) -> None:
    """Restore optimizer and schedule, which go on as they were in the middle of a phase."""
    for name, part in parts.items():
        if part is not None:
            part.load_state_dict(saved[name])
