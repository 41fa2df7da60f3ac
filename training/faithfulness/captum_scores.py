"""Infidelity and sensitivity (Yeh et al. 2019, arXiv 1901.09392), through Captum, with perturbations that are fixed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import torch
from captum.metrics import infidelity, sensitivity_max
from torch.nn import functional

from zoo import ExplainerSpec, Question

from .maps import attribution_map, scored_voxels

REPLACEMENTS, REPLACED_SHARE, BLOB_MM = 16, 0.1, 24.0
NOISES, RADIUS = 4, 0.02
CHEAP = 10.0
"""Forward passes up to which an explainer's sensitivity is measured: it takes `NOISES` + 1 maps."""
SEED = 0


def relative_infidelity(question: Question, twin: torch.Tensor, values: np.ndarray) -> float | None:
    """How badly the map's sum over replaced voxels predicts how far the margin falls: 0 exactly, 1 not at all.

    Sixteen times a tenth of the voxels of each modality, in blobs, is replaced by the twin's. Captum's infidelity with
    the best scale of the map, as a part of the falls' mean square; 1 where that scale is negative, as of a map with its
    signs turned. None where nothing falls.
    """
    margins: list[torch.Tensor] = []
    replacements: list[torch.Tensor] = []

    def margin(x: torch.Tensor) -> torch.Tensor:
        margins.append(torch.cat([question.margin(study) for study in x.split(1)]))
        return margins[-1]

    def replaced(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        replacements.append(blobs(question))
        return replacements[-1], torch.where(replacements[-1], twin, x)

    attribution = torch.from_numpy(values[None]).to(question.x)
    found = infidelity(margin, replaced, question.x, attribution, n_perturb_samples=REPLACEMENTS, normalize=True)
    after, before = margins
    falls, (where,) = before - after, replacements
    size = float(falls.square().mean())
    if not size:
        return None
    turned = (where * attribution).flatten(1).sum(dim=1) @ falls < 0
    return 1.0 if turned else float(found) / size


def blobs(question: Question) -> torch.Tensor:
    """Draw blobs, bool [16, 4, D, H, W]: in every modality the brain's voxels where smooth noise is highest."""
    scored = torch.from_numpy(scored_voxels(question)).to(question.x.device)
    recipe = question.spec.recipe
    cells = [max(2, round(size * step / BLOB_MM)) for size, step in zip(recipe.shape, recipe.spacing, strict=True)]
    drawn = torch.randn(REPLACEMENTS, len(scored), *cells, generator=torch.Generator().manual_seed(SEED))
    noise = functional.interpolate(drawn, recipe.shape, mode="trilinear").to(scored.device)
    within = noise.masked_fill(~question.brain, torch.nan).flatten(2)
    threshold = within.nanquantile(1 - REPLACED_SHARE, dim=2)
    return (noise > threshold[..., None, None, None]) & scored


def sensitivity(explainer: ExplainerSpec, question: Question) -> float | None:
    """How far the map moves, as a part of its norm, at worst when 2 % of white matter is added as uniform noise.

    Four noises, inside the brain. None for explainers that are not `CHEAP`.
    """
    if explainer.cost > CHEAP:
        return None
    generator = torch.Generator().manual_seed(SEED)
    scored = torch.from_numpy(scored_voxels(question)).to(question.x.device)

    def explained(inputs: Any) -> tuple[torch.Tensor]:
        # Captum gives the study as a tuple, and of anything but a tuple it would take a norm for each modality.
        x = inputs[0] if isinstance(inputs, tuple) else inputs
        return (torch.from_numpy(attribution_map(explainer, replace(question, x=x))[None]),)

    def disturbed(x: torch.Tensor) -> torch.Tensor:
        noise = torch.rand(x.shape, generator=generator).to(x.device) * 2 - 1
        return torch.where(scored, x + RADIUS * noise, x)

    return float(sensitivity_max(explained, question.x, disturbed, n_perturb_samples=NOISES, max_examples_per_batch=1))
