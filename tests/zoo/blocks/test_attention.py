"""Attention against einsums written from the equations, in float64, with β and γ away from 0."""

from __future__ import annotations

import pytest
import torch

from zoo.blocks import DualAttention, SliceAttention, SpatialAttention
from zoo.blocks.attention import VolumeAttention


@pytest.mark.parametrize("similarity", SliceAttention.SIMILARITIES)
def test_slice_attention_follows_its_equation(similarity):
    torch.manual_seed(1)
    x = torch.randn(2, 3, 5, 4, 2, dtype=torch.float64) / 3
    attention = SliceAttention(similarity).double()
    attention.beta.data.fill_(0.7)
    rows = torch.einsum("bcdhw->bdchw", x).reshape(2, 5, -1)
    if similarity == "cosine":
        rows = rows - rows.mean(1, keepdim=True)
        rows = rows / torch.einsum("bdn,bdn->bd", rows, rows).sqrt()[..., None]
        energy = torch.tensor(2.0, dtype=torch.float64).exp() * torch.einsum("bin,bjn->bij", rows, rows)
    else:
        energy = torch.einsum("bin,bjn->bij", rows, rows)
        energy = energy / 24**0.5 if similarity == "scaled" else energy.amax(-1, keepdim=True) - energy
    weights = energy.exp() / energy.exp().sum(-1, keepdim=True)
    expected = 0.7 * torch.einsum("bij,bcjhw->bcihw", weights, x)
    torch.testing.assert_close(attention(x), expected, atol=1e-5, rtol=1e-5)


def test_spatial_attention_follows_its_equation():
    torch.manual_seed(2)
    x = torch.randn(2, 16, 3, 4, 5, dtype=torch.float64)
    attention = SpatialAttention(16).double()
    attention.gamma.data.fill_(0.3)

    def project(layer):
        weight = layer.weight[:, :, 0, 0, 0]
        return torch.einsum("oc,bcdhw->bodhw", weight, x) + layer.bias[:, None, None, None]

    query, key, value = (project(layer).flatten(3) for layer in (attention.query, attention.key, attention.value))
    energy = torch.einsum("bcdi,bcdj->bdij", query, key)
    weights = energy.exp() / energy.exp().sum(-1, keepdim=True)
    expected = 0.3 * torch.einsum("bdij,bcdj->bcdi", weights, value).reshape(x.shape)
    torch.testing.assert_close(attention(x), expected)


def test_dual_attention_starts_as_identity_and_adds_both():
    x = torch.randn(1, 16, 3, 4, 5)
    attention = DualAttention(16)
    torch.testing.assert_close(attention(x), x)
    attention.slice.beta.data.fill_(1)
    attention.spatial.gamma.data.fill_(1)
    torch.testing.assert_close(attention(x), x + attention.slice(x) + attention.spatial(x))
    torch.testing.assert_close(DualAttention(16, "none")(x), x)


def test_slices_without_brain_get_no_attention():
    attention = SliceAttention().attention(
        torch.randn(1, 4, 6, 3, 3), torch.tensor([[False, True, True, True, True, False]])
    )
    assert attention[0, :, [0, 5]].max() == 0
    torch.testing.assert_close(attention.sum(-1), torch.ones(1, 6))


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
@pytest.mark.parametrize("similarity", SliceAttention.SIMILARITIES)
def test_slice_attention_is_computed_in_full_precision_under_autocast(similarity, dtype):
    """Its similarity would overflow float16: rows of 512·16 values of size 20 give 3.3e6."""
    x = (20 + torch.randn(1, 512, 4, 4, 4, generator=torch.Generator().manual_seed(0))).to(dtype)
    attention = SliceAttention(similarity)
    expected = attention.attention(x.float())
    with torch.autocast("cpu", dtype):
        torch.testing.assert_close(attention.attention(x), expected)
        assert attention(x).isfinite().all()


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: DualAttention(8, "triple"), "dual, slice, spatial, none; found 'triple'"),
        (lambda: DualAttention(8, spatial="whd"), "hw, chw; found 'whd'"),
        (lambda: DualAttention(8, combine="product"), "sum, concat, sequential; found 'product'"),
        (lambda: SliceAttention("dot"), "cosine, scaled, danet; found 'dot'"),
    ],
)
def test_unknown_option_lists_the_known_ones(build, words):
    with pytest.raises(ValueError, match=words):
        build()


def _awake(attention):
    """With β and γ away from 0, where the branches would not be seen."""
    for name, parameter in attention.named_parameters():
        if name.endswith(("beta", "gamma")):
            parameter.data.fill_(0.4)
    return attention.double()


def test_volume_attention_follows_its_equation():
    torch.manual_seed(3)
    x = torch.randn(2, 16, 5, 3, 2, dtype=torch.float64)
    attention = _awake(VolumeAttention(16))

    def convolve(layer, maps):
        return torch.einsum("oc,bcdhw->bodhw", layer.weight[:, :, 0, 0, 0], maps) + layer.bias[:, None, None, None]

    values = convolve(attention.reduce, x)
    energy = torch.einsum("bcdhw,bCdHW->bchwCHW", values, values) / 5**0.5
    weights = energy.flatten(4).softmax(-1).unflatten(4, energy.shape[4:])
    expected = 0.4 * convolve(attention.expand, torch.einsum("bchwCHW,bCdHW->bcdhw", weights, values))
    torch.testing.assert_close(attention(x), expected, atol=1e-6, rtol=1e-6)  # its map is computed in float32


@pytest.mark.parametrize("spatial", ["hw", "chw"])
def test_ways_to_combine_both_branches(spatial):
    torch.manual_seed(4)
    x = torch.randn(2, 16, 3, 4, 5, dtype=torch.float64)
    branches = {}
    for combine in DualAttention.COMBINATIONS:
        torch.manual_seed(5)
        branches[combine] = _awake(DualAttention(16, spatial=spatial, combine=combine))
    both = branches["sum"]
    by_slice, by_position = both.slice(x), both.spatial(x)
    torch.testing.assert_close(both(x), x + by_slice + by_position)
    in_turn = branches["sequential"]
    torch.testing.assert_close(in_turn(x), x + by_slice + in_turn.spatial(x + by_slice))
    beside = branches["concat"]
    torch.testing.assert_close(beside(x), x + (by_slice + by_position) / 2)
    beside.merge.weight.data.normal_()
    mixed = torch.einsum(
        "oc,bcdhw->bodhw", beside.merge.weight[:, :, 0, 0, 0], torch.cat([x + by_slice, x + by_position], 1)
    )
    torch.testing.assert_close(beside(x), mixed)


@pytest.mark.parametrize("combine", DualAttention.COMBINATIONS)
@pytest.mark.parametrize("spatial", ["hw", "chw"])
def test_what_comes_in_goes_out_at_the_start(spatial, combine):
    x = torch.randn(1, 16, 3, 4, 5)
    torch.testing.assert_close(DualAttention(16, spatial=spatial, combine=combine)(x), x)


@pytest.mark.parametrize("combine", DualAttention.COMBINATIONS)
@pytest.mark.parametrize("spatial", ["hw", "chw"])
def test_readings_are_shares_with_their_effect(spatial, combine):
    torch.manual_seed(6)
    attention = _awake(DualAttention(16, spatial=spatial, combine=combine))
    x = torch.randn(2, 16, 3, 4, 5, dtype=torch.float64)
    reading = attention.read(x, torch.tensor([[True, True, False]] * 2))
    assert reading.slices.shape == (2, 3)
    assert reading.slices[:, 2].max() == 0
    torch.testing.assert_close(reading.slices.sum(1).double(), torch.ones(2, dtype=torch.float64))
    assert reading.positions.shape == (2, 3, 4, 5)
    torch.testing.assert_close(reading.positions.sum((2, 3)).double(), torch.ones(2, 3, dtype=torch.float64))
    added = attention.slice(x, torch.tensor([[True, True, False]] * 2))
    torch.testing.assert_close(reading.slice_effect, added.flatten(1).norm(dim=1) / x.flatten(1).norm(dim=1))
    seen = x + added if combine == "sequential" else x
    torch.testing.assert_close(reading.positions, attention.spatial.looked_at(seen))
    by_position = attention.spatial(seen).flatten(1).norm(dim=1) / seen.flatten(1).norm(dim=1)
    torch.testing.assert_close(reading.position_effect, by_position)


def test_positions_are_those_that_draw_attention():
    """A key that fits every query at one position: all columns but that one stay empty."""
    attention = SpatialAttention(8)
    for layer in (attention.query, attention.key):
        layer.weight.data.zero_()[:, 0] = 20.0
        layer.bias.data.zero_()
    attention.query.bias.data.fill_(1.0)
    x = torch.zeros(1, 8, 2, 3, 3)
    x[0, 0, :, 1, 2] = 1
    received = attention.looked_at(x)
    assert (received[0, :, 1, 2] > 0.99).all()


def test_a_branch_that_is_not_there_reads_none():
    x = torch.randn(1, 16, 3, 4, 5)
    reading = DualAttention(16, "slice").read(x)
    assert reading.positions is None
    assert reading.slices is not None
    assert DualAttention(16, "none").read(x).slices is None
