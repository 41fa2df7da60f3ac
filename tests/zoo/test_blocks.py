"""Building blocks against independent references: torchvision, and einsums written from the equations."""

from __future__ import annotations

import pytest
import torch
from torchvision.models.video import mc3_18

from zoo.blocks import (
    DualAttention,
    Guidance,
    RegionScores,
    RMCEncoder,
    SliceAttention,
    SpatialAttention,
    concat_evidence,
    group_norm,
    load_mc3_18,
    masked,
)


@pytest.fixture
def torchvision_model():
    """In double precision, with norms that don't let the signal fade, so that small differences show."""
    torch.manual_seed(0)
    model = mc3_18(weights=None).double().eval()
    for name, buffer in model.named_buffers():
        if name.endswith("running_mean"):
            buffer.uniform_(-0.1, 0.1)
        elif name.endswith("running_var"):
            buffer.uniform_(0.05, 0.3)
    return model


def _same_answers(encoder, model, x, x_of_model):
    """Features and logits agree to 1e-5 of their size, and do depend on the input."""
    load_mc3_18(encoder, model.state_dict())
    logits, other = (model.fc(encoder(each)[1].mean((2, 3, 4))) for each in (x, 2 * x))
    torch.testing.assert_close(encoder.stem(x), model.stem(x_of_model), atol=1e-8, rtol=1e-5)
    torch.testing.assert_close(logits, model(x_of_model), atol=1e-8, rtol=1e-5)
    assert (logits - other).abs().max() > 0.01


def test_encoder_is_torchvisions_mc3_18(torchvision_model):
    x = torch.randn(2, 3, 4, 48, 40, dtype=torch.float64)
    _same_answers(RMCEncoder(in_channels=3).double().eval(), torchvision_model, x, x)


def test_one_channel_stem_answers_like_three_equal_channels(torchvision_model):
    x = torch.randn(1, 1, 4, 32, 32, dtype=torch.float64)
    _same_answers(RMCEncoder(in_channels=1).double().eval(), torchvision_model, x, x.expand(-1, 3, -1, -1, -1))


def test_foreign_state_is_rejected(torchvision_model):
    state = torchvision_model.state_dict()
    state["extra.weight"] = torch.zeros(1)
    with pytest.raises(RuntimeError, match=r"extra\.weight"):
        load_mc3_18(RMCEncoder(in_channels=3), state)


def test_paper_encoder_has_the_published_size():
    """11.47 M parameters at width 64 with one channel, as in the design's reading of the paper."""
    assert sum(p.numel() for p in RMCEncoder().parameters()) == pytest.approx(11.47e6, rel=0.005)


def test_compact_encoder_strides_slices_once():
    encoder = RMCEncoder(1, width=4, blocks=1, slice_stride=2, norm=group_norm)
    low = encoder.low(torch.zeros(1, 1, 8, 64, 48))
    middle, high = encoder.high(low)
    assert low.shape == (1, 4, 4, 32, 24)
    assert middle.shape == (1, 8, 4, 16, 12)
    assert high.shape == (1, 32, 4, 4, 3)


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


def test_slice_attention_is_finite_in_half_precision():
    """Its similarity would overflow float16: rows of 512·64 values of size 20 give 1.3e7."""
    x = torch.full((1, 512, 4, 8, 8), 20.0).bfloat16()
    for similarity in SliceAttention.SIMILARITIES:
        with torch.autocast("cpu", torch.bfloat16):
            assert SliceAttention(similarity).attention(x).isfinite().all()


@pytest.mark.parametrize(
    ("build", "words"), [(lambda: DualAttention(8, "triple"), "triple"), (lambda: SliceAttention("dot"), "dot")]
)
def test_unknown_option_lists_the_known_ones(build, words):
    with pytest.raises(ValueError, match=words):
        build()


def test_guidance_starts_with_the_secondary_alone():
    guidance = Guidance(32, 8, norm=lambda channels: torch.nn.Identity())
    low, guide = torch.rand(1, 8, 4, 6, 5), torch.randn(1, 32, 4, 2, 2)
    torch.testing.assert_close(guidance(low, guide), low)
    guidance.fuse.weight.data[:, 8:].fill_(0.1)
    assert not torch.allclose(guidance(low, guide), low)


def test_region_scores_measure_volume_and_peak():
    logits = torch.full((1, 3, 2, 4, 4), -30.0)
    logits[0, 1, 0, :2] = 30.0
    expected = torch.tensor([[1.0, 9.0, 1.0]]).log()
    torch.testing.assert_close(RegionScores.pooled(logits)[:, :3], expected)
    torch.testing.assert_close(RegionScores.pooled(logits)[:, 3:], torch.tensor([[0.0, 1.0, 0.0]]))
    evidence = concat_evidence([torch.ones(1, 5, 2, 4, 4)], logits)
    assert evidence.shape == (1, 2 * 5 + RegionScores.pooled_size)


def test_masked_zeroes_absent_modalities_even_when_they_hold_nan():
    x = torch.ones(1, 4, 2, 2, 2)
    x[0, 2] = torch.nan
    out = masked(x, torch.tensor([[True, False, False, True]]))
    assert out[0, :, 0, 0, 0].tolist() == [1, 0, 0, 1]
