"""Graders that hear others: each member gives calibrated logits of its own."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from zoo.blocks import LogisticHead


class DecisionMean(nn.Module):
    """The mean of the members' probabilities. members: modules x, present -> calibrated logits [B, 2]."""

    def __init__(self, members: nn.ModuleList) -> None:
        super().__init__()
        self.members = members

    def forward(self, x: Tensor, present: Tensor) -> Tensor:
        """Return log-probabilities [B, 2]; from log-sigmoids, so that sure members don't round to 0 or 1."""
        margins = member_margins(self.members, x, present)
        both = torch.stack([functional.logsigmoid(-margins), functional.logsigmoid(margins)], dim=-1)
        return both.logsumexp(dim=1) - torch.tensor(float(len(self.members))).log()


class DecisionStacked(nn.Module):
    """Logistic regression on the members' log-odds, fitted on studies that no member was trained on."""

    def __init__(self, members: nn.ModuleList) -> None:
        super().__init__()
        self.members = members
        self.head = LogisticHead(len(members))

    def measurements(self, x: Tensor, present: Tensor) -> Tensor:
        """The members' calibrated log-odds of HGG, [B, M]."""
        return member_margins(self.members, x, present)

    def forward(self, x: Tensor, present: Tensor) -> Tensor:
        return self.head(self.measurements(x, present))


def member_margins(members: nn.ModuleList, x: Tensor, present: Tensor) -> Tensor:
    """Return logit(HGG) − logit(LGG) of each member, float32 [B, M]."""
    logits = torch.stack([member(x, present) for member in members], dim=1).float()
    return logits[..., 1] - logits[..., 0]
