"""Losses against torch's own."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from training.fit.losses import (
    TrainingLoss,
    balanced_log_loss,
    balanced_weights,
    grade_losses,
    overlap_losses,
    region_losses,
)
from training.options import FitOptions

LOGITS = torch.tensor([[1.0, -1.0], [0.2, 0.4], [2.0, 0.5], [0.0, 3.0]])
Y = torch.tensor([0, 1, 0, 0])


def test_weights_balance_the_classes():
    weights = balanced_weights(Y.numpy())
    assert weights.tolist() == pytest.approx([4 / 6, 4 / 2])
    assert weights[Y].sum() == pytest.approx(4)


def test_over_the_whole_set_it_is_torchs_weighted_mean():
    weights = balanced_weights(Y.numpy())
    expected = nn.CrossEntropyLoss(weight=weights)(LOGITS, Y)
    torch.testing.assert_close(grade_losses(LOGITS, Y, weights, 0.0).mean(), expected)


def test_at_batch_size_one_the_weight_is_not_cancelled():
    weights = balanced_weights(np.array([0, 0, 0, 1]))
    single = [grade_losses(LOGITS[i : i + 1], Y[i : i + 1], weights, 0.1) for i in range(4)]
    torch.testing.assert_close(torch.cat(single), grade_losses(LOGITS, Y, weights, 0.1))
    plain = functional.cross_entropy(LOGITS, Y, reduction="none", label_smoothing=0.1)
    torch.testing.assert_close(torch.cat(single) / plain, weights[Y])


def test_region_losses_pool_targets_and_skip_unknown_masks():
    shares = torch.rand(2, 3, 4, 4, 4)
    logits = torch.randn(2, 3, 2, 4, 4)
    target = functional.avg_pool3d(shares, (2, 1, 1))
    rare = torch.tensor(5.0)
    expected = functional.binary_cross_entropy_with_logits(logits[:1], target[:1], pos_weight=rare)
    shares[1] = torch.nan
    torch.testing.assert_close(region_losses(logits, shares, 5.0), torch.stack([expected, torch.tensor(0.0)]))


def test_overlap_is_dices_and_skips_unknown_masks():
    logits = torch.full((3, 3, 1, 2, 2), -30.0)
    shares = torch.zeros(3, 3, 1, 2, 2)
    logits[0, 0, 0, 0] = 30.0
    shares[0, 0, 0, :, 0] = 1
    shares[1, 1] = 1
    logits[2], shares[2] = 0.0, torch.nan
    half, missed = 1 - (2 + 1) / (2 + 2 + 1), 1 - 1 / (4 + 1)
    torch.testing.assert_close(overlap_losses(logits, shares), torch.tensor([half / 3, missed / 3, 0.0]))


class Grader(nn.Module):
    def forward(self, x, present):
        return LOGITS


class Convolving(nn.Module):
    """Notes in which precision it convolves."""

    def __init__(self, groups):
        super().__init__()
        self.convolve, self.dtypes = nn.Conv3d(4, 4, 1, groups=groups), []

    def forward(self, x, present):
        maps = self.convolve(x)
        self.dtypes.append(maps.dtype)
        return maps.mean((2, 3, 4))[:, :2]


@pytest.mark.parametrize(
    ("groups", "precision", "expected"),
    [(1, "auto", torch.bfloat16), (4, "auto", torch.float32), (4, "bf16", torch.bfloat16)],
)
def test_grouped_convolutions_stay_in_float32_unless_told_otherwise(groups, precision, expected):
    module = Convolving(groups)
    loss = TrainingLoss(module, torch.ones(2), FitOptions(precision=precision))
    with torch.autocast("cpu", torch.bfloat16):
        losses = loss(torch.rand(4, 4, 2, 2, 2), torch.ones(4, 4, dtype=torch.bool), torch.zeros(0), Y)
    assert module.dtypes == [expected]
    assert losses.dtype == torch.float32


class WithRegions(Grader):
    def grade_and_auxiliary(self, x, present):
        return LOGITS, {"regions": torch.ones(4, 3, 2, 2, 2)}


class WithNothingMore(Grader):
    def grade_and_auxiliary(self, x, present):
        return LOGITS, {}


def test_regions_count_where_a_model_offers_them():
    weights, options = balanced_weights(Y.numpy()), FitOptions()
    shares = torch.rand(4, 3, 2, 2, 2)
    losses = [
        TrainingLoss(model(), weights, options)(torch.zeros(4), torch.zeros(4), shares, Y)
        for model in (Grader, WithNothingMore, WithRegions)
    ]
    expected = grade_losses(LOGITS, Y, weights, options.label_smoothing)
    torch.testing.assert_close(losses[0], expected)
    torch.testing.assert_close(losses[1], expected)
    auxiliary = region_losses(torch.ones(4, 3, 2, 2, 2), shares, options.rare_region)
    overlap = overlap_losses(torch.ones(4, 3, 2, 2, 2), shares)
    torch.testing.assert_close(
        losses[2], expected + options.region_weight * auxiliary + options.overlap_weight * overlap
    )


def test_validation_cases_are_measured_by_the_same_cross_entropy():
    weights = balanced_weights(Y.numpy())
    margins = (LOGITS[:, 1] - LOGITS[:, 0]).double().numpy()
    expected = nn.CrossEntropyLoss(weight=weights)(LOGITS, Y).item()
    assert balanced_log_loss(margins, Y.numpy(), weights.numpy()) == pytest.approx(expected, rel=1e-5)
    assert np.isfinite(balanced_log_loss(np.array([900.0, -900.0]), np.array([0, 1]), weights.numpy()))
