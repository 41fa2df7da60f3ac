"""A cell of a feature map is where its field is, whatever lies between it and the input."""

from __future__ import annotations

from itertools import product

import pytest
import torch
from torch import nn
from torch.nn import functional

from zoo import MODALITIES
from zoo.assets.references import reference_in_box
from zoo.inference.cell_centres import Cells, evenly_spread, locate_cells
from zoo.registry import load_registry
from zoo.weights.load import build_module

SHAPE = (16, 48, 40)
REGISTRY = load_registry()
MAPPED = [model_id for model_id, spec in REGISTRY.models.items() if spec.cam_layers]
LEARNED = 0.15  # voxels by which random kernels lean to one side


@pytest.fixture
def study():
    torch.manual_seed(0)
    return torch.randn(1, 4, *SHAPE)


def _located(network, study):
    return locate_cells(network, "", network, study)


def _convolution(kernel, stride, padding, channels=4):
    return nn.Conv3d(channels, 8, (3, kernel, kernel), (1, stride, stride), (1, padding, padding))


@pytest.mark.parametrize(
    ("kernel", "stride", "padding"),
    [(3, 2, 1), (5, 2, 2), (7, 4, 3), (1, 3, 0), (3, 3, 1), (3, 1, 1), (3, 2, 0), (2, 2, 0), (4, 2, 1), (4, 4, 0)],
)
def test_a_convolutions_cells_are_in_the_middle_of_its_kernel(study, kernel, stride, padding):
    cells = _located(_convolution(kernel, stride, padding), study)
    middle = (kernel - 1) / 2 - padding
    assert cells.step == (1, stride, stride)
    assert cells.first == pytest.approx((0, middle, middle), abs=LEARNED)


@pytest.mark.parametrize("tap", [0, 1, 4])
def test_a_kernel_that_reads_one_voxel_puts_its_cell_there(study, tap):
    network = _convolution(5, 3, 2)
    with torch.no_grad():
        network.weight.zero_()
        network.weight[:, :, 1, tap, tap] = 1
    assert _located(network, study).first == pytest.approx((0, tap - 2, tap - 2))


def test_shifts_add_up_behind_one_another(study):
    """3/2 → 2i, pooled by 2 → 4i + 1, 4/2 → 8i + 3; normalisation, which sees everything, hides nothing."""
    network = nn.Sequential(
        _convolution(3, 2, 1), nn.GroupNorm(2, 8), nn.ReLU(), nn.MaxPool3d((1, 2, 2)), _convolution(4, 2, 1, 8)
    )
    cells = _located(network, study)
    assert cells.step == (1, 8, 8)
    assert cells.first == pytest.approx((0, 3, 3), abs=5 * LEARNED)


def test_cells_finer_than_voxels(study):
    cells = _located(nn.Upsample(scale_factor=2, mode="trilinear"), study)
    assert cells.step == (0.5, 0.5, 0.5)
    assert cells.first == pytest.approx((-0.25, -0.25, -0.25), abs=LEARNED)


def test_an_odd_input_has_whole_steps():
    cells = _located(_convolution(3, 2, 1), torch.randn(1, 4, 16, 49, 41))
    assert cells.step == (1, 2, 2)


def test_it_is_measured_once_without_gradients_too(study):
    network, calls = _convolution(3, 2, 1), []

    def features(x):
        calls.append(x)
        return network(x)

    with torch.inference_mode():
        first = locate_cells(network, "stem", features, study)
        assert locate_cells(network, "stem", features, study) is first
    assert len(calls) == 1
    assert first.first[1] == pytest.approx(0, abs=LEARNED)
    locate_cells(network, "other", features, study)
    assert len(calls) == 2


@pytest.mark.parametrize(
    "features", [lambda x: x[..., ::4].detach(), lambda x: x[..., ::4] * 0, lambda x: x[..., ::4] / 0]
)
def test_cells_that_tell_nothing_are_evenly_spread(study, features):
    assert locate_cells(nn.Identity(), "", features, study) == Cells((0, 0, 1.5), (1, 1, 4))


def test_a_map_is_spread_between_the_centres_and_stays_the_same_beyond(study):
    values = torch.tensor([1.0, 3.0])[:, None, None].expand(2, 1, 3)
    spread = Cells((1.0, 0.0, 0.0), (2.0, 1.0, 1.0)).spread(values, (5, 2, 3))
    assert spread[:, 0, 0].tolist() == [1, 1, 2, 3, 3]
    assert (spread == spread[:, :1, :1]).all()


def test_evenly_spread_cells_are_torchs_half_cells():
    values = torch.randn(3, 5, 4)
    expected = functional.interpolate(values[None, None], (12, 11, 8), mode="trilinear")[0, 0]
    torch.testing.assert_close(evenly_spread(values.shape, (12, 11, 8)).spread(values, (12, 11, 8)), expected)


@pytest.mark.usefixtures("fast_convolutions")
@pytest.mark.parametrize("model_id", MAPPED)
def test_every_models_cells_lie_amid_their_gradients(model_id):
    """Of networks that have learned nothing, by other cells than were measured.

    A quarter of a cell is let pass, or a voxel of the U-Net's, whose cells see most of the brain.
    """
    spec, module = _untrained(model_id)
    layer = next(iter(spec.cam_layers.values()))
    x = torch.from_numpy(reference_in_box(spec.recipe, (24, 80, 80))).requires_grad_()
    maps = _maps(module, layer, x)
    cells = locate_cells(module, layer, lambda study: _maps(module, layer, study), x.detach())
    near = [(size // 2 - 1, size // 2) for size in maps.shape[2:]]
    found = torch.stack(
        [_centroid(maps, cell, x) - torch.tensor(cells.step) * torch.tensor(cell) for cell in product(*near)]
    )
    apart = (found.mean(dim=0) - torch.tensor(cells.first)).abs()
    assert (apart <= (torch.tensor(cells.step) / 4).clamp(min=1)).all(), (found.mean(dim=0), cells)


def _untrained(model_id):
    spec = REGISTRY.model(model_id)
    torch.manual_seed(0)
    module = build_module(spec) if spec.members else spec.build(**{**spec.options, **_narrow(spec)})
    return spec, module.eval().requires_grad_(False)


def _narrow(spec):
    return {"width": 8} if "width" in spec.options else {}


def _maps(module, layer, x):
    kept = []
    hook = module.get_submodule(layer).register_forward_hook(lambda layer, inputs, output: kept.append(output))
    module(x, torch.ones(1, len(MODALITIES), dtype=torch.bool))
    hook.remove()
    return kept[0] if kept[0].ndim == 5 else kept[0].transpose(0, 1)[None]


def _centroid(maps, cell, x):
    """Centre of gravity of one cell's squared gradients, [3]; its channels at random signs."""
    signs = torch.randn(maps.shape[1], generator=torch.Generator().manual_seed(1))
    (gradient,) = torch.autograd.grad((maps[(0, slice(None), *cell)] * signs).sum(), x, retain_graph=True)
    energy = gradient.square().sum((0, 1))
    along = [energy.sum([other for other in range(3) if other != axis]) for axis in range(3)]
    return torch.stack([(line * torch.arange(len(line))).sum() / line.sum() for line in along])
