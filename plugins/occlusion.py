"""Occlusion by 3-D patches (Zeiler & Fergus 2014, arXiv 1311.2901), through Captum's feature ablation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from zoo import MODALITIES, Attribution, ExplainerSpec, ModelSpec, Question, hookimpl
from zoo.types import Progress

PATCH_MM = 24.0
PATCHES_OF_A_BRAIN = 170  # so many cubes of 24 mm touch an adult brain


@hookimpl
def register_explainers() -> list[ExplainerSpec]:
    return [
        ExplainerSpec(
            "occlusion",
            "Occlusion",
            cost=PATCHES_OF_A_BRAIN * len(MODALITIES),
            explain=explain,
            memory=1.5,
            cost_of=_passes,
            description="What is lost when a cube of 24 mm of one modality is hidden.",
            baseline="white matter in the cube",
            format_diagnostics=_format_diagnostics,
        )
    ]


def _passes(model: ModelSpec) -> float:
    return PATCHES_OF_A_BRAIN * len(model.uses) / model.encoders


def _format_diagnostics(facts: Mapping[str, float]) -> str:
    return f"{facts['patches']:.0f} cubes of each modality were hidden, one by one."


def explain(question: Question, progress: Progress) -> Attribution:
    """Measure by how much logit(HGG) − logit(LGG) falls when a cube of 24 mm of one modality is made like white matter.

    Each voxel has the value of its cube. facts: patches (of one modality that touch the brain).
    """
    import torch
    from captum.attr import FeatureAblation
    from torch.nn import functional

    from zoo.blocks import cached_activations

    progress(0.0, "Occlusion, cutting patches")
    patches, baseline = _patches(question), question.baseline
    count, done = int(patches.max()) + 1, 0

    def margin(seen: Any) -> Any:
        """Margin of the study by what is seen of its patches, [1, patches]: 1, or 0 for what is hidden."""
        nonlocal done
        progress(min(done / count, 1.0), f"Occlusion, patch {min(done + 1, count)} of {count}")
        done += 1
        shown = functional.pad(seen, (1, 0), value=1).take(patches) > 0
        return question.margin(torch.where(shown, question.x, baseline))

    with torch.inference_mode(), cached_activations(question.module):
        seen = torch.ones(1, count - 1, device=question.x.device)
        lost = FeatureAblation(margin).attribute(seen)
    values = functional.pad(lost[0], (1, 0))[patches[0]]
    return Attribution(values.cpu().numpy(), {"patches": float(count // len(_shown(question)))})


def _patches(question: Question) -> Any:
    """Number each patch and modality, int64 [1, 4, D, H, W], 0 where nothing can be hidden."""
    import torch

    brain = question.brain[0, 0].cpu().numpy()
    cubes = _cubes(brain.shape, question.spec.recipe.spacing)
    inside, numbered = np.unique(cubes[brain], return_inverse=True)
    patches = np.zeros(question.x.shape, np.int64)
    for order, index in enumerate(_shown(question)):
        patches[0, index][brain] = 1 + order * len(inside) + numbered
    return torch.from_numpy(patches).to(question.x.device)


def _cubes(shape: tuple[int, ...], spacing: Sequence[float]) -> np.ndarray:
    """Number the cubes of a regular grid, int64 [D, H, W]: to which each voxel belongs."""
    sides = [max(1, round(PATCH_MM / step)) for step in spacing]
    along = [np.arange(length) // side for length, side in zip(shape, sides, strict=True)]
    counts = [int(cubes[-1]) + 1 for cubes in along]
    return np.ravel_multi_index(np.meshgrid(*along, indexing="ij"), counts)


def _shown(question: Question) -> list[int]:
    return [index for index, name in enumerate(MODALITIES) if question.present[0, index] and name in question.spec.uses]
