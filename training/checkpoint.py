"""The state of a training run on disk, whole at any moment."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import torch
from torch import nn

from zoo import ZooError


def save_checkpoint(
    path: Path,
    run: dict[str, Any],
    epochs_done: int,
    module: nn.Module,
    optimizer: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LRScheduler,
) -> None:
    """Replace the checkpoint in one step, so that a kill at any moment leaves a whole one."""
    state = {
        "run": run,
        "epochs_done": epochs_done,
        "module": module.state_dict(),
        "optimizer": optimizer.state_dict(),
        "schedule": schedule.state_dict(),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    torch.save(state, partial)
    os.replace(partial, path)


def restore_checkpoint(path: Path, run: dict[str, Any], module: nn.Module) -> tuple[int, dict[str, Any]]:
    """Fill the module from a checkpoint of the same run; returns the epochs done and the optimizer's state."""
    if not path.is_file():
        return 0, {}
    state = torch.load(path, weights_only=True)
    if state["run"] != run:
        raise ZooError(f"{path}: expected a checkpoint of the run {run}, found {state['run']}. Delete it or go back.")
    module.load_state_dict(state["module"])
    return state["epochs_done"], state
