"""Fusion of decisions against plain probabilities."""

from __future__ import annotations

import torch
from torch import nn

from zoo.plugins.decision_fusion.network import DecisionMean, DecisionStacked


class Fixed(nn.Module):
    """A member that is always as sure as it was told."""

    def __init__(self, p_hgg):
        super().__init__()
        self.logits = torch.tensor([[1 - p_hgg, p_hgg]]).log()

    def forward(self, x, present):
        return self.logits.expand(len(x), -1)


X, PRESENT = torch.zeros(2, 4, 2, 2, 2), torch.ones(2, 4, dtype=torch.bool)


def _members(*probabilities):
    return nn.ModuleList(Fixed(p) for p in probabilities)


def test_mean_of_probabilities():
    logits = DecisionMean(_members(0.9, 0.2, 0.4))(X, PRESENT)
    torch.testing.assert_close(logits.softmax(1), torch.tensor([[0.5, 0.5]] * 2))
    torch.testing.assert_close(logits.exp().sum(1), torch.ones(2))


def test_sure_members_stay_finite():
    members = _members(0.5, 0.5)
    for member in members:
        member.logits = torch.tensor([[-200.0, 200.0]])
    logits = DecisionMean(members)(X, PRESENT)
    assert logits.isfinite().all()
    assert logits[0, 1] - logits[0, 0] > 100


def test_stacked_is_a_logistic_regression_on_log_odds():
    model = DecisionStacked(_members(0.8, 0.3))
    model.head.linear.weight.data.copy_(torch.tensor([[1.5, -0.5]]))
    model.head.linear.bias.data.fill_(0.25)
    measured = model.measurements(X, PRESENT)
    odds = torch.tensor([0.8 / 0.2, 0.3 / 0.7]).log()
    torch.testing.assert_close(measured, odds.expand(2, -1))
    margin = 1.5 * odds[0] - 0.5 * odds[1] + 0.25
    torch.testing.assert_close(model(X, PRESENT).softmax(1)[:, 1], margin.sigmoid().expand(2))
