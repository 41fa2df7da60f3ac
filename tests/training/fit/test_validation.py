"""Epochs are validated by what their phase teaches."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.metrics import log_loss
from torch import nn

from training.data.prepared_cohort import PreparedCohort
from training.fit import validation
from training.fit.losses import TrainingLoss, overlap_losses, region_losses
from training.fit.validation import validation_loss
from training.options import FitOptions
from zoo import MODALITIES, Phase

INNER = np.arange(4, 12)
REGIONS = Phase("regions", MODALITIES, patches=True)


class Grader(nn.Module):
    """Grades by one voxel, and finds the same regions everywhere."""

    def __init__(self, score=-1.0):
        super().__init__()
        self.score = nn.Parameter(torch.tensor(score))

    def forward(self, x, present):
        return torch.stack([x[:, 0, 0, 0, 0] * 0, x[:, 0, 0, 0, 0]], 1)

    def region_logits(self, x, present):
        return self.score.expand(len(x), 3, *x.shape[2:])


@pytest.fixture
def cohort():
    rng = np.random.default_rng(0)
    regions = np.full((12, 3, 4, 2, 2), 0.25, np.float16)
    x, y = rng.normal(size=(12, 4, 4, 8, 8)).astype(np.float16), np.arange(12) % 2
    return PreparedCohort(x, np.ones((12, 4), bool), regions, y, y)


def _loss(score=-1.0):
    return TrainingLoss(Grader(score), torch.tensor([0.8, 1.2]), FitOptions()).train()


def test_a_phase_of_studies_by_their_grades(cohort):
    loss, y = _loss(), cohort.y[INNER]
    margins = cohort.x[INNER, 0, 0, 0, 0].astype(float)
    expected = log_loss(y, 1 / (1 + np.exp(-margins)), sample_weight=np.array([0.8, 1.2])[y])
    assert validation_loss(loss, cohort, INNER, Phase("all", MODALITIES)) == pytest.approx(expected, rel=1e-3)
    assert not loss.module.training


def test_a_phase_of_studies_by_all_looks_alike(cohort):
    phase, shifted = Phase("all", MODALITIES), replace(cohort, x=cohort.x * np.float16(-2))
    stored, seen = (validation_loss(_loss(), each, INNER, phase) for each in (cohort, shifted))
    assert seen != pytest.approx(stored, rel=0.1)
    found = validation_loss(_loss(), replace(cohort, shifted=shifted), INNER, phase)
    assert found == pytest.approx((stored + seen) / 2)


def test_a_phase_of_patches_by_their_regions(cohort):
    logits, shares = torch.full((1, 3, 2, 4, 4), -1.0), torch.full((1, 3, 2, 4, 4), 0.25)
    options = FitOptions()
    expected = options.region_weight * region_losses(logits, shares, options.rare_region)
    expected += options.overlap_weight * overlap_losses(logits, shares)
    assert validation_loss(_loss(), cohort, INNER, REGIONS) == pytest.approx(expected.item(), rel=1e-5)
    assert validation_loss(_loss(5.0), cohort, INNER, REGIONS) > expected.item()


@pytest.mark.parametrize("broad", [0.0, 0.3])
def test_patches_are_seen_as_other_scanners_would_have_given_them(cohort, monkeypatch, broad):
    """All of them, however few of those that train are."""
    shown = []

    def training_batches(plans, cohort, phase, device, options):
        shown.append(options)
        return real(plans, cohort, phase, device, options)

    real = validation.training_batches
    monkeypatch.setattr(validation, "training_batches", training_batches)
    loss = TrainingLoss(Grader(), torch.ones(2), FitOptions(painted=0.2, broad=broad))
    validation_loss(loss, cohort, INNER, REGIONS)
    assert [(options.painted, options.broad) for options in shown] == [(0.2, 1.0)]


def test_patches_are_the_same_every_time(cohort):
    cohort.regions[:, 2, :2, :1] = 1
    torch.manual_seed(1)
    first = validation_loss(_loss(), cohort, INNER, REGIONS)
    torch.manual_seed(2)
    assert validation_loss(_loss(), cohort, INNER, REGIONS) == first
