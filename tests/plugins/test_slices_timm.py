"""The 2.5-D model against timm called by hand, slice by slice."""

from __future__ import annotations

import pytest
import timm
import torch

from zoo.plugins.slices_timm.network import GatedAttentionPooling, SliceGrader

PRESENT = torch.ones(1, 4, dtype=torch.bool)


def _study(depth=6, height=64, width=48):
    x = torch.randn(1, 4, depth, height, width, generator=torch.Generator().manual_seed(0))
    x[:, :, 0] = -9.0  # a slice without brain, at the background's level
    return x


@pytest.mark.parametrize("backbone", ["mobilenetv3_small_100", "resnet10t"])
def test_equals_timm_called_by_hand(backbone):
    torch.manual_seed(1)
    module = SliceGrader(backbone, pretrained=False, attention_width=8).double().eval()
    by_hand = timm.create_model(backbone, in_chans=4, num_classes=0).double().eval()
    by_hand.load_state_dict(module.backbone.state_dict())
    x = _study().double()
    rows = torch.stack([by_hand(x[:, :, d])[0] for d in range(1, 6)])
    value, gate, score = (layer.weight for layer in (module.pooling.value, module.pooling.gate, module.pooling.score))
    hidden = (rows @ value.T + module.pooling.value.bias).tanh()
    hidden = hidden * torch.sigmoid(rows @ gate.T + module.pooling.gate.bias)
    weights = (hidden @ score[0]).exp()
    bag = (weights[:, None] * rows).sum(0) / weights.sum()
    _, (middle,) = by_hand.forward_intermediates(x[0].transpose(0, 1), indices=[2])
    regions = torch.einsum("oc,dchw->odhw", module.regions.classify.weight[:, :, 0, 0, 0], middle)
    found = regions + module.regions.classify.bias[:, None, None, None]
    regions, sure = found.sigmoid(), (8 * found).sigmoid()
    scores = [regions.sum((1, 2, 3)).add(1).log(), sure.sum((1, 2, 3)).add(1).log(), regions.amax((1, 2, 3))]
    expected = torch.cat([bag, *scores]) @ module.head.weight.T + module.head.bias
    torch.testing.assert_close(module(x, PRESENT)[0], expected, atol=1e-5, rtol=1e-5)
    curve = module.attention_maps(x, PRESENT)["t2"].slices[0]
    torch.testing.assert_close(curve[1:].double(), weights / weights.sum(), atol=1e-5, rtol=1e-5)
    assert curve[0] == 0


@pytest.mark.parametrize(
    ("backbone", "options"),
    [("test_convnext", {}), ("test_efficientnet", {}), ("test_vit", {"img_size": (64, 48)}), ("resnet18", {})],
)
def test_any_backbone_of_timm_will_do(backbone, options):
    module = SliceGrader(backbone, pretrained=False, attention_width=8, backbone_options=options).eval()
    assert module(_study(), PRESENT).shape == (1, 2)


def test_pooling_of_equal_slices_is_that_slice():
    pooling = GatedAttentionPooling(5, 3)
    row = torch.randn(1, 1, 5)
    torch.testing.assert_close(pooling(row.expand(1, 7, 5), torch.ones(1, 7, dtype=torch.bool)), row[:, 0])


def test_another_backbone_has_no_layer_for_activation_maps(registry):
    spec = registry.model("slices-timm")
    assert set(spec.cam_layers) == {"t1", "t1ce", "t2", "flair"}
    varied = spec.vary(backbone="resnet18")
    assert varied.cam_layers == {}
    assert varied.weights is None


@pytest.mark.parametrize(
    ("backbone", "options"),
    [
        ("hf-hub:somebody/network", {}),
        ("local-dir:/etc", {}),
        ("resnet18", {"checkpoint_path": "/etc/passwd"}),
        ("resnet18", {"pretrained_cfg": {"url": "http://127.0.0.1/x.pth"}}),
    ],
)
def test_options_make_timm_open_no_file_and_no_address(backbone, options, monkeypatch):
    """They come with weights from elsewhere, too."""
    monkeypatch.setattr("timm.create_model", lambda *_, **__: pytest.fail("timm was asked"))
    with pytest.raises(ValueError, match=r"backbone.*expected"):
        SliceGrader(backbone, pretrained=False, attention_width=8, backbone_options=options)
