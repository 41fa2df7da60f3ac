"""A grader that adds up what it sees, asked about a study whose lesion is all that it sees; and a small real one."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest
import torch
from torch import nn

from zoo import MODALITIES, Question, Recipe

SHAPE = (8, 20, 16)
LESION = (slice(2, 5), slice(3, 9), slice(4, 10))
SMALL = Recipe(shape=(10, 24, 20), spacing=(16.0, 8.0, 8.0))


class WeightedSum(nn.Module):
    """The margin is Σ weights · x."""

    def __init__(self, weights):
        super().__init__()
        self.weights = nn.Parameter(weights)

    def forward(self, x, present):
        return nn.functional.pad((self.weights * x).sum((1, 2, 3, 4))[:, None], (1, 0))


class Asked(NamedTuple):
    question: Question
    twin: torch.Tensor
    lesion: np.ndarray


@pytest.fixture
def asked(registry) -> Asked:
    """A brain as bright as white matter with a lesion of 1; the twin has none; every voxel of T1ce counts alike."""
    spec = replace(registry.model("single-t1ce"), recipe=Recipe(shape=SHAPE))
    lesion = np.zeros(SHAPE, bool)
    lesion[LESION] = True
    twin = torch.zeros(1, 4, *SHAPE)
    x = twin + torch.from_numpy(lesion)
    module = WeightedSum(torch.ones(4, *SHAPE) * (torch.arange(4) == 1)[:, None, None, None])
    module.requires_grad_(False)
    return Asked(Question(module, spec, x, torch.ones(1, len(MODALITIES), dtype=torch.bool)), twin, lesion)


@pytest.fixture(scope="session")
def small_model(registry, tmp_path_factory):
    """One modality's encoder on coarse voxels, with weights as they are before training."""
    from zoo.weights.load import TrainingRecord, build_module, load_weights, save_weights

    torch.manual_seed(0)
    spec = registry.model("single-t1ce")
    path = tmp_path_factory.mktemp("faithfulness") / "small.safetensors"
    spec = replace(spec, recipe=SMALL, options={**spec.options, "width": 4}, weights=path)
    save_weights(path, spec, build_module(spec), TrainingRecord("nothing"))
    return load_weights(spec)
