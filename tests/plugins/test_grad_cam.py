"""Our one-pass class-activation maps against Captum's own, layer by layer."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from captum.attr import LayerAttribution, LayerGradCam, LayerGradientXActivation

from zoo import MODALITIES, PluginError, Question, Recipe
from zoo.plugins.grad_cam import register_explainers

SMALL = Recipe(shape=(8, 48, 40))


EXPLAINERS = {spec.id: spec.explain for spec in register_explainers()}


def _captum_grad_cam(margin, layer, x):
    return LayerGradCam(margin, layer).attribute(x)


def _captum_hires_cam(margin, layer, x):
    return LayerGradientXActivation(margin, layer).attribute(x).sum(1, keepdim=True)


def _explained(spec, module, x, present, explainer_id="grad-cam"):
    return EXPLAINERS[explainer_id](Question(module, spec, x.clone(), present), lambda fraction, text: None).values


def _module(registry, model_id):
    spec = registry.model(model_id)
    torch.manual_seed(0)
    module = spec.build(**{**spec.options, "width": 8, "dropout": 0.0}).eval()
    for name, parameter in module.named_parameters():
        if name.endswith(("beta", "gamma")):
            parameter.data.fill_(0.5)  # else attention and its gradients are 0
    return spec, module.requires_grad_(False)


@pytest.mark.parametrize(
    ("explainer_id", "captum_map"), [("grad-cam", _captum_grad_cam), ("hires-cam", _captum_hires_cam)]
)
@pytest.mark.parametrize("model_id", ["guided-dual-attention", "early-fusion", "single-t1ce"])
def test_equals_captum_layer_by_layer(registry, model_id, explainer_id, captum_map):
    spec, module = _module(registry, model_id)
    x, present = torch.randn(1, 4, *SMALL.shape), torch.ones(1, 4, dtype=torch.bool)
    values = _explained(spec, module, x, present, explainer_id)

    def margin(inputs):
        logits = module(inputs, present)
        return logits[:, 1] - logits[:, 0]

    for index, name in enumerate(MODALITIES):
        if name not in spec.cam_layers:
            assert not values[index].any()
            continue
        cam = captum_map(margin, module.get_submodule(spec.cam_layers[name]), x.clone().requires_grad_())
        expected = LayerAttribution.interpolate(cam, SMALL.shape, interpolate_mode="trilinear")[0, 0].detach()
        torch.testing.assert_close(torch.from_numpy(values[index]), expected, atol=1e-6, rtol=1e-4)
        assert values[index].any()


def test_absent_modalities_get_no_map(registry):
    spec, module = _module(registry, "guided-dual-attention")
    present = torch.tensor([[False, True, False, True]])
    values = _explained(spec, module, torch.randn(1, 4, *SMALL.shape), present)
    assert [bool(values[index].any()) for index in range(4)] == [False, True, False, True]


@pytest.mark.parametrize(("explainer_id", "title"), [("grad-cam", "Grad-CAM"), ("hires-cam", "HiResCAM")])
def test_a_model_without_cam_layers_is_told_so(registry, explainer_id, title):
    spec, module = _module(registry, "single-t1ce")
    x, present = torch.randn(1, 4, *SMALL.shape), torch.ones(1, 4, dtype=torch.bool)
    with pytest.raises(PluginError, match=f"{title} reads the layers .* cam_layers"):
        _explained(replace(spec, cam_layers={}), module, x, present, explainer_id)


def test_a_layer_that_sees_slices_is_read_as_a_volume(registry):
    """By autograd: one weight a channel over all slices, as for a 3-D layer."""
    spec = registry.model("slices-timm")
    torch.manual_seed(0)
    module = spec.build(**spec.options).eval().requires_grad_(False)
    x, present = torch.randn(1, 4, *SMALL.shape), torch.ones(1, 4, dtype=torch.bool)
    values = _explained(spec, module, x, present)
    kept = []
    module.get_submodule(spec.cam_layers["t1"]).register_forward_hook(lambda layer, inputs, output: kept.append(output))
    logits = module(x.clone().requires_grad_(), present)
    (gradient,) = torch.autograd.grad(logits[0, 1] - logits[0, 0], kept[0])
    coarse = torch.einsum("c,dchw->dhw", gradient.mean((0, 2, 3)), kept[0])[None, None]
    expected = torch.nn.functional.interpolate(coarse, SMALL.shape, mode="trilinear")[0, 0].detach()
    for value in values:
        torch.testing.assert_close(torch.from_numpy(value), expected, atol=1e-6, rtol=1e-4)
    assert expected.any()
