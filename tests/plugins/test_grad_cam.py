"""Our one-pass class-activation maps against Captum's own, layer by layer."""

from __future__ import annotations

from dataclasses import replace

import nibabel as nib
import numpy as np
import pytest
import torch
from captum.attr import LayerAttribution, LayerGradCam, LayerGradientXActivation

from zoo import MODALITIES, PluginError, Question, Recipe
from zoo.inference.cell_centres import evenly_spread
from zoo.inference.explain import explain_study, save_for_viewer, save_in_study_space
from zoo.plugins.grad_cam import register_explainers
from zoo.weights.load import TrainedModel
from zoo.weights.record import TrainingRecord

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


@pytest.fixture
def evenly(monkeypatch):
    """Cells spread evenly, as Captum draws them: where they lie is tested below."""
    monkeypatch.setattr(
        "zoo.inference.cell_centres.locate_cells",
        lambda module, name, features, study: evenly_spread(features(study).shape[2:], study.shape[2:]),
    )


@pytest.mark.usefixtures("evenly")
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


@pytest.mark.usefixtures("evenly")
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


class OneVoxel(torch.nn.Module):
    """Grades by one voxel of T1ce alone: a kernel of one tap, and a head that looks at one cell of its map."""

    def __init__(self, stride, kernel, cell, slice_by_slice):
        super().__init__()
        self.cell, self.slice_by_slice = cell, slice_by_slice
        half = kernel // 2
        if slice_by_slice:
            self.layer = torch.nn.Conv2d(4, 1, kernel, stride, half, bias=False)
        else:
            self.layer = torch.nn.Conv3d(4, 1, (1, kernel, kernel), (1, stride, stride), (0, half, half), bias=False)
        with torch.no_grad():
            self.layer.weight.zero_()
            self.layer.weight[0, MODALITIES.index("t1ce"), ..., half, half] = 1

    def forward(self, x, present):
        cells = self.layer(x[0].transpose(0, 1))[:, 0] if self.slice_by_slice else self.layer(x)[0, 0]
        seen = cells[self.cell].clamp(min=0)
        return torch.stack([-seen, seen])[None]


@pytest.mark.parametrize("explainer_id", EXPLAINERS)
@pytest.mark.parametrize("slice_by_slice", [False, True])
@pytest.mark.parametrize(("stride", "kernel"), [(2, 3), (4, 7), (8, 3), (3, 5), (1, 3), (2, 1)])
def test_the_one_voxel_that_counts_is_where_the_map_is_highest(registry, explainer_id, slice_by_slice, stride, kernel):
    voxel = (5, 3 * stride, 2 * stride)
    module = OneVoxel(stride, kernel, (5, 3, 2), slice_by_slice).eval()
    spec = replace(registry.model("single-t1ce"), cam_layers={"t1ce": "layer"})
    x = torch.full((1, 4, *SMALL.shape), 0.1)
    x[0, 1, *voxel] = 1.0
    values = _explained(spec, module, x, torch.ones(1, 4, dtype=torch.bool), explainer_id)[1]
    assert np.unravel_index(values.argmax(), values.shape) == voxel
    assert np.count_nonzero(values == values.max()) == 1


def test_the_one_voxel_that_counts_keeps_its_place_in_the_world(registry, volumes, tmp_path):
    """From the layer's cell to millimetres of the study, for the viewer and on the study's own grid."""
    cell, stride = (20, 12, 11), 4
    spec = replace(registry.model("single-t1ce"), cam_layers={"t1ce": "layer"})
    model = TrainedModel(spec, OneVoxel(stride, 7, cell, False).eval(), TrainingRecord("nothing"), "test")
    explanation = explain_study(volumes, model, registry.explainer("hires-cam"), lambda *update: None)
    place = explanation.affine @ [20, 12 * stride, 11 * stride, 1]
    save_in_study_space(explanation, volumes, tmp_path / "study.nii.gz")
    save_for_viewer(explanation, tmp_path / "viewer.nii.gz")
    for name, voxel_mm in (("study", 3.0), ("viewer", 2.0)):
        image = nib.load(tmp_path / f"{name}.nii.gz")
        heat = image.get_fdata()[..., 1].clip(0)
        weighed = [(heat * index).sum() / heat.sum() for index in np.indices(heat.shape)]
        assert np.abs((image.affine @ [*weighed, 1] - place)[:3]).max() < voxel_mm / 4
