"""Group normalisation against torch's own, and what its kernels are given."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional
from torch.utils._python_dispatch import TorchDispatchMode

from zoo.blocks import group_norm

CHANNELS_LAST = torch.channels_last_3d
TOLERANCE = {torch.float32: 1e-5, torch.bfloat16: 0.01}


def _norm(channels=16):
    torch.manual_seed(0)
    norm = group_norm(channels)
    nn.init.uniform_(norm.weight, 0.5, 1.5)
    nn.init.uniform_(norm.bias, -1, 1)
    return norm


def _maps(dtype, layout=CHANNELS_LAST, channels=16):
    maps = 1 + 2 * torch.randn(2, channels, 3, 6, 5, generator=torch.Generator().manual_seed(1))
    return maps.to(dtype).contiguous(memory_format=layout).requires_grad_()


def _gradients(norm, x, of):
    upstream = (
        torch.randn(x.shape, generator=torch.Generator().manual_seed(2)).to(x).contiguous(memory_format=CHANNELS_LAST)
    )
    return torch.autograd.grad(norm(x), of, upstream)


@pytest.mark.parametrize("layout", [CHANNELS_LAST, torch.contiguous_format])
@pytest.mark.parametrize("dtype", TOLERANCE)
def test_values_and_gradients_are_those_of_double_precision(dtype, layout):
    norm, x = _norm(), _maps(dtype, layout)
    exact, wide = nn.GroupNorm(8, 16).double(), x.detach().double().requires_grad_()
    exact.load_state_dict(norm.state_dict())
    tolerance = {"rtol": TOLERANCE[dtype], "atol": 2 * TOLERANCE[dtype]}
    torch.testing.assert_close(norm(x).double(), exact(wide), **tolerance)
    found = _gradients(norm, x, [x, norm.weight, norm.bias])
    expected = _gradients(exact, wide, [wide, exact.weight, exact.bias])
    for ours, theirs in zip(found, expected, strict=True):
        assert (ours.double() - theirs).norm() <= TOLERANCE[dtype] * theirs.norm()
    assert found[0].dtype == dtype
    assert found[0].stride() == x.stride()


def test_in_float32_it_is_torchs_to_the_bit():
    norm, x = _norm(), _maps(torch.float32)
    assert torch.equal(norm(x), functional.group_norm(x, 8, norm.weight, norm.bias))


class Watched(TorchDispatchMode):
    """Notes whether the gradients' kernel got maps that lie one after another."""

    def __init__(self):
        super().__init__()
        self.contiguous = []

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        if function is torch.ops.aten.native_group_norm_backward.default:
            self.contiguous.append(all(maps.is_contiguous() for maps in args[:2]))
        return function(*args, **(kwargs or {}))


@pytest.mark.parametrize(
    ("dtype", "channels", "expected"),
    [(torch.bfloat16, 16, True), (torch.bfloat16, 128, False), (torch.float32, 16, False)],
)
def test_narrow_groups_get_their_gradients_in_bfloat16_from_maps_that_lie_one_after_another(dtype, channels, expected):
    norm, x = _norm(channels), _maps(dtype, channels=channels)
    with Watched() as watched:
        _gradients(norm, x, [x])
    assert watched.contiguous == [expected]


def test_what_is_frozen_gets_no_gradient():
    norm, x = _norm(), _maps(torch.bfloat16)
    (expected,) = _gradients(norm, x, [x])
    norm.requires_grad_(False)
    assert torch.equal(_gradients(norm, x, [x])[0], expected)
    norm.requires_grad_(True)
    still = x.detach()
    norm(still).sum().backward()
    assert still.grad is None
    torch.testing.assert_close(norm.bias.grad, torch.full((16,), 2.0 * 3 * 6 * 5))


def test_by_name_and_parameters_it_is_torchs():
    ours, theirs = group_norm(4), nn.GroupNorm(4, 4)
    assert isinstance(ours, nn.GroupNorm)
    assert ours.state_dict().keys() == theirs.state_dict().keys()
    assert (ours.num_groups, group_norm(64).num_groups) == (4, 8)
