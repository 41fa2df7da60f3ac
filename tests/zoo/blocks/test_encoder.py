"""The encoder against torchvision's mc3_18."""

from __future__ import annotations

import pytest
import torch
from torchvision.models.video import mc3_18

from zoo.blocks import RMCEncoder, group_norm, load_mc3_18, tie_convolutions


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


@pytest.mark.parametrize(("split", "channels"), [("stem", 4), ("layer1", 4), ("layer2", 8)])
def test_the_split_cuts_one_and_the_same_network(split, channels):
    torch.manual_seed(0)
    whole, cut = RMCEncoder(1, width=4, blocks=1), RMCEncoder(1, width=4, blocks=1, split=split)
    cut.load_state_dict(whole.state_dict())
    x = torch.randn(2, 1, 4, 32, 32)
    low = cut.low(x)
    assert low.shape[1] == cut.low_channels == channels
    for found, expected in zip(cut.high(low), whole(x), strict=True):
        torch.testing.assert_close(found, expected)


def test_unknown_split_lists_the_known_ones():
    with pytest.raises(ValueError, match="stem, layer1, layer2; found 'layer3'"):
        RMCEncoder(split="layer3")


def test_tied_encoders_share_convolutions_and_keep_their_norms():
    encoders = [RMCEncoder(1, width=4, blocks=1) for _ in range(3)]
    tie_convolutions(encoders, ("layer2", "layer4"))
    for name, parameter in encoders[2].named_parameters():
        shared = parameter is encoders[0].get_parameter(name)
        is_convolution = parameter.ndim == 5
        assert shared == (is_convolution and name.startswith(("layer2", "layer4"))), name
