"""Losses against torch's own."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from training.losses import balanced_weights, grade_loss, region_loss, training_loss
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
    torch.testing.assert_close(grade_loss(LOGITS, Y, weights, 0.0), expected)


def test_at_batch_size_one_the_weight_is_not_cancelled():
    weights = balanced_weights(np.array([0, 0, 0, 1]))
    single = [grade_loss(LOGITS[i : i + 1], Y[i : i + 1], weights, 0.0) for i in range(4)]
    torch.testing.assert_close(sum(single) / 4, grade_loss(LOGITS, Y, weights, 0.0))


def test_region_loss_pools_targets_and_skips_unknown_masks():
    shares = torch.rand(2, 3, 4, 4, 4)
    logits = torch.randn(2, 3, 2, 4, 4)
    target = functional.avg_pool3d(shares, (2, 1, 1))
    rare = torch.tensor(5.0)
    expected = functional.binary_cross_entropy_with_logits(logits[:1], target[:1], pos_weight=rare)
    shares[1] = torch.nan
    torch.testing.assert_close(region_loss(logits, shares, 5.0), expected)
    assert region_loss(logits, torch.full_like(shares, torch.nan), 5.0) == 0


class Grader(nn.Module):
    def forward(self, x, present):
        return LOGITS


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
        training_loss(model(), torch.zeros(4), torch.zeros(4), shares, Y, weights, options)
        for model in (Grader, WithNothingMore, WithRegions)
    ]
    assert losses[0] == losses[1] == grade_loss(LOGITS, Y, weights, options.label_smoothing)
    auxiliary = region_loss(torch.ones(4, 3, 2, 2, 2), shares, options.rare_region)
    torch.testing.assert_close(losses[2], losses[0] + options.region_weight * auxiliary)
