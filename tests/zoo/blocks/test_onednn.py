"""Which kernel runs, in both directions; and that nothing comes out otherwise."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional

from tests_support import SLOW_CONVOLUTION, kernels
from zoo.blocks import OneDNNConvolutions


class Network(nn.Module):
    """A stranger's network: modules and functions, strides, dilation, groups, and paddings in words and numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv3d(1, 8, 3, (1, 2, 2), (1, 1, 1))
        self.dilated = nn.Conv3d(8, 8, 3, padding=2, dilation=2, bias=False)
        self.grouped = nn.Conv3d(8, 8, (1, 3, 3), padding=(0, 1, 1), groups=2)
        self.kernel = nn.Parameter(torch.randn(4, 8, 1, 1, 1))

    def forward(self, x):
        x = self.grouped(self.dilated(self.stem(x)).relu())
        return functional.conv3d(x, self.kernel, padding=1, stride=[2]).tanh()


@pytest.fixture
def network():
    torch.manual_seed(0)
    return Network().eval().requires_grad_(False)


@pytest.fixture
def scan():
    return torch.randn(1, 1, 8, 16, 16, generator=torch.Generator().manual_seed(1))


def _gradient(network, scan, create_graph=False):
    x = scan.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(network(x).square().sum(), x, create_graph=create_graph)
    return x, gradient


def test_without_it_torch_takes_the_slow_kernel(network, scan):
    """Once this fails, torch has mended what this module is for, and the module can go."""
    with torch.inference_mode():
        assert SLOW_CONVOLUTION in kernels(lambda: network(scan))


def test_every_convolution_runs_in_onednn_and_says_the_same(network, scan):
    with torch.inference_mode():
        expected = network(scan)
        with OneDNNConvolutions():
            called, found = kernels(lambda: network(scan)), network(scan)
    assert "aten::mkldnn_convolution" in called
    assert SLOW_CONVOLUTION not in called
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-5)


def test_gradients_of_the_input_do_too(network, scan):
    _, expected = _gradient(network, scan)
    with OneDNNConvolutions():
        called = kernels(lambda: _gradient(network, scan))
        _, found = _gradient(network, scan)
    assert SLOW_CONVOLUTION not in called
    assert "aten::to_mkldnn" in called, "which only oneDNN can go on from"
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("stride", [(1, 2, 2), (2, 2, 2), (3, 1, 2)])
@pytest.mark.parametrize(
    ("kernel", "padding"), [((3, 7, 7), (1, 3, 3)), ((2, 4, 1), (0, 1, 0)), ((3, 3, 3), (1, 0, 2)), (1, 0)]
)
def test_gradients_of_strided_convolutions_of_few_channels(kernel, padding, stride, channels):
    layer = nn.Conv3d(channels, 5, kernel, stride, padding).requires_grad_(False)
    x = torch.randn(2, channels, 9, 13, 11)
    _, expected = _gradient(layer, x)
    with OneDNNConvolutions():
        _, found = _gradient(layer, x)
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-3)


def test_a_gradient_of_a_gradient_is_had_torchs_way(network, scan):
    def curvature():
        x, gradient = _gradient(network, scan, create_graph=True)
        return torch.autograd.grad(gradient.square().sum(), x)[0]

    expected = curvature()
    with OneDNNConvolutions():
        torch.testing.assert_close(curvature(), expected, rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("change", ["double", "requires_grad_", "bfloat16"])
def test_what_it_is_not_made_for_goes_torchs_way(network, scan, change):
    changed = getattr(network, change)()
    x = scan.to(next(changed.parameters()).dtype)
    expected = changed(x)
    with OneDNNConvolutions():
        found = changed(x)
    assert found.requires_grad == expected.requires_grad
    torch.testing.assert_close(found, expected, rtol=0, atol=0)


def test_shapes_that_have_no_batch_or_no_numbers_go_torchs_way(network, scan):
    same = nn.Conv3d(1, 2, 3, padding="same").requires_grad_(False)
    with OneDNNConvolutions():
        assert same(scan).shape == (1, 2, 8, 16, 16)
        assert network(scan[0]).shape == network(scan).shape[1:]
        assert network.to("meta")(scan.to("meta")).shape == (1, 4, 5, 5, 5)
