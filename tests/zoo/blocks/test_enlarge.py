"""Maps are enlarged as torch enlarges them, and gradients come back as they do there."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from zoo.blocks import enlarged


@pytest.mark.parametrize("size", [(4, 12, 10), (4, 3, 5), (7, 11, 9), (4, 6, 5), (2, 3, 4)])
def test_values_and_gradients_are_those_of_trilinear_interpolation(size):
    maps = torch.randn(2, 3, 4, 6, 5, generator=torch.Generator().manual_seed(1), requires_grad=True)
    expected, found = functional.interpolate(maps, size, mode="trilinear"), enlarged(maps, size)
    torch.testing.assert_close(found, expected, rtol=0, atol=2e-6)
    weights = torch.linspace(-1, 1, found.numel()).reshape(found.shape)
    (by_torch,) = torch.autograd.grad((expected * weights).sum(), maps)
    (here,) = torch.autograd.grad((found * weights).sum(), maps)
    torch.testing.assert_close(here, by_torch, rtol=0, atol=5e-6)


def test_no_voxelwise_interpolation_runs():
    """Which kernel runs is what makes it fast: maps that guide an encoder take a thirtieth of the time."""
    maps = torch.zeros(1, 16, 20, 6, 5)
    with torch.profiler.profile() as told:
        enlarged(maps, (20, 48, 40))
    kernels = {event.key for event in told.key_averages()}
    assert not kernels & {"aten::upsample_trilinear3d", "aten::upsample_bilinear2d"}


def test_maps_stay_in_their_arithmetic():
    maps = torch.randn(1, 2, 3, 4, 4).bfloat16()
    expected = functional.interpolate(maps, (3, 8, 8), mode="trilinear")
    found = enlarged(maps, (3, 8, 8))
    assert found.dtype == torch.bfloat16
    torch.testing.assert_close(found, expected, rtol=0.02, atol=0.02)
