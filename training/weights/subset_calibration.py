"""Models that may lack modalities: what they say of studies with fewer, and how that becomes a probability."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import torch
from scipy.special import expit
from torch import Tensor, nn

from zoo import MODALITIES, MODALITY_TITLES, ModelSpec
from zoo.blocks import cached_activations
from zoo.weights.calibration import Calibration, subset_name
from zoo.weights.load import device_of

from ..data.batches import apply
from ..data.folds import Split
from ..data.prepared_cohort import PreparedCohort
from ..statistics.metrics import measure
from .fit_calibration import fit_calibration

Subset = tuple[str, ...]
Measures = dict[str, float | int | None]


def gradable(spec: ModelSpec) -> list[Subset]:
    """List the subsets of what the model uses that a study may consist of if it lacks some; in order of `spec.uses`."""
    subsets = (names for size in range(1, len(spec.uses)) for names in combinations(spec.uses, size))
    return [names for names in subsets if set(spec.needs) <= set(names)]


def calibrated_subsets(
    spec: ModelSpec, module: nn.Module, cohort: PreparedCohort, split: Split, fitted_on: str
) -> tuple[dict[str, Calibration], dict[str, Measures]]:
    """Calibrate each subset, as `subset_name` writes it, on validation cases, and measure it on test cases.

    fitted_on: what the validation cases are; they are seen in each of the cohort's looks, test cases as stored. Nothing
    where no validation or test case of either grade has all modalities.
    """
    val, test = (_complete(spec, cohort, rows) for rows in (split.val, split.test))
    if min(len(np.unique(cohort.y[rows])) for rows in (val, test)) < 2:
        return {}, {}
    margins = [subset_margins(spec, module, look, val) for look in cohort.looks]
    graded = subset_margins(spec, module, cohort, test)
    fitted, measures = {}, {}
    for names in gradable(spec):
        name, shown = subset_name(names), ", ".join(MODALITY_TITLES[each] for each in names)
        fitted[name] = fit_calibration(
            np.stack([of_look[names] for of_look in margins]), cohort.y[val], f"{fitted_on}, with {shown} alone"
        )
        measures[name] = measure(cohort.y[test], expit(fitted[name].log_odds(graded[names])))
    return fitted, measures


def subset_margins(
    spec: ModelSpec, module: nn.Module, cohort: PreparedCohort, rows: np.ndarray
) -> dict[Subset, np.ndarray]:
    """Return logit(HGG) − logit(LGG) of the chosen cases by the subset that is shown, float64 [len(rows)]."""
    subsets = gradable(spec)
    if not subsets:
        return {}
    shown = torch.tensor([[name in names for name in MODALITIES] for names in subsets], device=device_of(module))

    def of_every_subset(x: Tensor, present: Tensor) -> Tensor:
        with cached_activations(module):
            return torch.stack([module(x, present & names) for names in shown], dim=1)

    logits = apply(of_every_subset, cohort, rows, spec.uses, device_of(module))
    return dict(zip(subsets, (logits[..., 1] - logits[..., 0]).T, strict=True))


def _complete(spec: ModelSpec, cohort: PreparedCohort, rows: np.ndarray) -> np.ndarray:
    """The cases that have all that the model uses, so that hiding some is all that differs."""
    used = [MODALITIES.index(name) for name in spec.uses]
    return rows[cohort.present[rows][:, used].all(axis=1)]
