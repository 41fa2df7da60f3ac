"""The loss on the validation cases, by which epochs are compared: that of what a phase is there to teach."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from zoo import Phase
from zoo.weights.load import device_of

from ..data.batches import plan_epoch, predict_looks, training_batches
from ..data.patches import studies_of
from ..data.prepared_cohort import PreparedCohort
from ..options import FitOptions
from .losses import TrainingLoss, balanced_log_loss


def validation_loss(loss: TrainingLoss, cohort: PreparedCohort, val: np.ndarray, phase: Phase) -> float:
    """Measure a model on the rows `val`: the lower the better. Leaves the module in evaluation mode."""
    loss.eval()
    return (_of_regions if phase.patches else _of_grades)(loss, cohort, val, phase)


def _of_grades(loss: TrainingLoss, cohort: PreparedCohort, val: np.ndarray, phase: Phase) -> float:
    """Balanced log loss, shown what the phase shows; the mean of the cohort's looks."""
    margins, weights = predict_looks(loss.module, cohort, val, phase.modalities), loss.class_weights.cpu().numpy()
    return float(np.mean([balanced_log_loss(of_look, cohort.y[val], weights) for of_look in margins]))


def _of_regions(loss: TrainingLoss, cohort: PreparedCohort, val: np.ndarray, phase: Phase) -> float:
    """Mean loss of patches as other scanners would have given them, the same ones every time."""
    options = as_other_scanners(loss.options)
    plans = plan_epoch(studies_of(phase, val), options, torch.Generator().manual_seed(0))
    batches = training_batches(plans, cohort, phase, device_of(loss.module), options)
    with torch.inference_mode():
        return torch.cat([loss(*batch) for batch in batches]).mean().item()


def as_other_scanners(options: FitOptions) -> FitOptions:
    """Show all of it wider than life: what suits the training's own looks best need not suit others."""
    return replace(options, broad=1.0)
