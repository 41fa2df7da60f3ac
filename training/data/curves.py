"""Curves from intensity to intensity, ratios to white matter both, as tables: reading one costs less than a power."""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor

KNOTS = 256
BRIGHTEST = 5.0


@cache
def knots() -> Tensor:
    """Return the intensities at which a curve is known, from 0 to `BRIGHTEST`, [KNOTS]."""
    return torch.linspace(0, BRIGHTEST, KNOTS)


def at_white(curves: Tensor) -> Tensor:
    """Values of curves [..., KNOTS] at white matter, [..., 1]; `knots` holds 1, as it has 51 to a unit."""
    place = round((KNOTS - 1) / BRIGHTEST)
    return curves[..., place : place + 1]


def places(scans: Tensor) -> Tensor:
    """Find the knot that is nearest to each voxel, int32."""
    return torch.mul(scans, (KNOTS - 1) / BRIGHTEST).add_(0.5).clamp_(0, KNOTS - 1).int()


def read(curve: Tensor, place: Tensor) -> Tensor:
    """Read a curve [KNOTS] at the knots that `places` found."""
    return curve.to(place.device).index_select(0, place.flatten()).view(place.shape)
