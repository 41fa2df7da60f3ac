"""Heads, from the modalities' pooled features [B, M, P] and what is known of a whole study [B, R] to logits [B, 2]."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from zoo import GRADES


class ConcatHead(nn.Module):
    """The paper's head: one linear layer over everything."""

    def __init__(self, modalities: int, pooled: int, shared: int) -> None:
        super().__init__()
        self.linear = nn.Linear(modalities * pooled + shared, len(GRADES))

    def forward(self, pooled: Tensor, shared: Tensor, present: Tensor) -> Tensor:
        return self.linear(torch.cat([pooled.flatten(1), shared], dim=1))


class SumHead(nn.Module):
    """One linear layer over the sum of the modalities' features."""

    def __init__(self, modalities: int, pooled: int, shared: int) -> None:
        super().__init__()
        self.linear = nn.Linear(pooled + shared, len(GRADES))

    def forward(self, pooled: Tensor, shared: Tensor, present: Tensor) -> Tensor:
        return self.linear(torch.cat([pooled.sum(dim=1), shared], dim=1))


class MeanHead(nn.Module):
    """A linear layer for each modality; the mean of the present ones' logits."""

    def __init__(self, modalities: int, pooled: int, shared: int) -> None:
        super().__init__()
        self.linears = nn.ModuleList(nn.Linear(pooled + shared, len(GRADES)) for _ in range(modalities))

    def forward(self, pooled: Tensor, shared: Tensor, present: Tensor) -> Tensor:
        each = zip(self.linears, pooled.unbind(1), strict=True)
        votes = [linear(torch.cat([own, shared], dim=1)) for linear, own in each]
        counted = present[..., None].to(pooled.dtype)
        return (torch.stack(votes, dim=1) * counted).sum(dim=1) / counted.sum(dim=1).clamp(min=1)


HEADS: dict[str, type[nn.Module]] = {"concat": ConcatHead, "sum": SumHead, "mean": MeanHead}
