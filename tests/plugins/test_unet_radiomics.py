"""What is measured of regions, by hand, and the U-Net around it."""

from __future__ import annotations

import math
from unittest.mock import patch

import pytest
import torch

from zoo.blocks import cached_activations
from zoo.plugins.unet_radiomics.network import UNetRadiomics
from zoo.plugins.unet_radiomics.radiomics import NAMES, measure
from zoo.plugins.unet_radiomics.unet import ResidualBlock

PRESENT = torch.ones(1, 4, dtype=torch.bool)
SHAPE = (12, 24, 24)
CERTAIN = 50.0


def logits_of(**boxes):
    """Regions that fill boxes for certain, on a grid half as fine within slices."""
    logits = torch.full((1, 3, 12, 12, 12), -CERTAIN)
    for name, box in boxes.items():
        logits[0, ("core", "oedema", "enhancing").index(name)][box] = CERTAIN
    return logits


def measured(x, logits):
    return dict(zip(NAMES, measure(x, logits)[0].tolist(), strict=True))


@pytest.fixture
def tumour():
    """Core of 4³ voxels, an oedema of 4×4×6 beside it; no enhancement."""
    return logits_of(core=(slice(4, 8), slice(4, 8), slice(2, 6)), oedema=(slice(4, 8), slice(4, 8), slice(6, 12)))


def test_sizes_and_shares(tumour):
    found = measured(torch.zeros(1, 4, *SHAPE), tumour)
    assert found["core: log volume"] == pytest.approx(math.log(65))
    assert found["oedema: log sure volume"] == pytest.approx(math.log(97))
    assert found["whole: log sure volume"] == pytest.approx(math.log(161))
    assert found["core: share of the whole"] == pytest.approx(64 / 161)
    assert (found["core: peak"], found["enhancing: peak"]) == pytest.approx((1, 0), abs=1e-6)


def test_intensities_within_each_region(tumour):
    x = torch.zeros(1, 4, *SHAPE)
    x[0, 2, 4:8, 8:16, 4:12] = 2.0  # T2 of the core
    x[0, 3, 4:8, 8:16, 4:12] = 0.5
    x[0, 1, 4:6, 8:16, 12:24] = 1.0  # T1ce of half of the oedema
    found = measured(x, tumour)
    assert found["core: mean t2"] == pytest.approx(2 * 64 / 65)
    assert found["core: mean t2 - flair"] == pytest.approx(1.5 * 64 / 65)
    assert found["oedema: mean t1ce - t1"] == pytest.approx(48 / 97)
    share = 48 / 97
    assert found["oedema: spread of t1ce"] == pytest.approx(math.sqrt(share - share**2), abs=1e-3)
    assert found["around: mean t2"] == 0


def test_a_sharp_border_changes_more_than_a_flat_one(tumour):
    x = torch.zeros(1, 4, *SHAPE)
    x[0, 3, 4:8, 8:16, 4:24] = 1.0
    found = measured(x, tumour)
    assert found["border: change of flair"] > 0.01
    assert found["border: change of t1"] == 0


def test_a_border_is_one_voxel_on_either_side():
    cube = logits_of(oedema=(slice(4, 8), slice(4, 8), slice(4, 8)))
    assert measured(torch.zeros(1, 4, *SHAPE), cube)["whole: log surface"] == pytest.approx(math.log(6**3 - 2**3 + 1))


def test_a_ring_closes_the_core_and_a_spot_does_not():
    core = (slice(4, 8), slice(4, 8), slice(4, 8))
    ring = logits_of(core=core, enhancing=(slice(2, 10), slice(2, 10), slice(2, 10)))
    spot = logits_of(core=core, enhancing=(slice(4, 6), slice(4, 6), slice(2, 4)))
    x, name = torch.zeros(1, 4, *SHAPE), "core: share of its border that enhances"
    assert measured(x, ring)[name] == pytest.approx(1, abs=0.01)
    assert measured(x, spot)[name] < 0.1


def test_thickness_tells_a_block_from_a_sheet():
    block = logits_of(enhancing=(slice(2, 10), slice(2, 10), slice(2, 10)))
    sheet = logits_of(enhancing=(slice(2, 10), slice(2, 10), slice(5, 6)))
    x, name = torch.zeros(1, 4, *SHAPE), "enhancing: log thickness"
    assert measured(x, block)[name] > measured(x, sheet)[name] + 0.5


def test_an_oedema_outweighs_the_rest_above_half_of_the_whole(tumour):
    found = measured(torch.zeros(1, 4, *SHAPE), tumour)
    assert found["oedema: above 50% of the whole"] == pytest.approx(1 / (1 + math.exp(-20 * (96 / 161 - 0.5))))
    assert found["oedema: above 55% of the whole"] == pytest.approx(1 / (1 + math.exp(-20 * (96 / 161 - 0.55))))


def test_doubt_is_counted_where_a_region_is_neither_sure_nor_excluded(tumour):
    tumour[0, 2, 0, 0, :8] = 0.0
    found = measured(torch.zeros(1, 4, *SHAPE), tumour)
    assert found["enhancing: log doubt"] == pytest.approx(math.log(1 + 8 / 4))
    assert found["core: log doubt"] == pytest.approx(0, abs=1e-6)


def test_the_rim_of_the_solid_part_is_told_from_its_inside(tumour):
    x = torch.ones(1, 4, *SHAPE)
    x[0, 1, 5:7, 10:14, 6:10] = 0.0  # T1ce of the inside
    found = measured(x, tumour)
    assert found["inside: mean t1ce"] == pytest.approx(0, abs=1e-4)
    assert found["rim: mean t1ce"] == pytest.approx(56 / 57)
    assert found["inside: mean t2"] == pytest.approx(8 / 9)


def test_without_a_tumour_everything_is_finite_and_nothing_is_found():
    found = measured(torch.randn(1, 4, *SHAPE), logits_of())
    assert all(math.isfinite(value) for value in found.values())
    assert found["whole: log sure volume"] == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("shape", [(40, 96, 80), (20, 48, 40), (7, 18, 10)])
def test_regions_lie_on_the_grid_of_whatever_is_shown(shape):
    module = UNetRadiomics(width=8).eval()
    assert module.region_logits(torch.zeros(1, 4, *shape), PRESENT).shape == (1, 3, *shape)


def test_a_voxel_of_the_regions_is_told_by_what_lies_there():
    """Gradients of a single voxel's score are strongest around it, wherever in its cell it lies."""
    torch.manual_seed(0)
    module = UNetRadiomics(width=8).eval()
    x = torch.randn(1, 4, 8, 32, 32, requires_grad=True)
    module.region_logits(x, PRESENT)[0, 0, 4, 21, 10].backward()
    peak = x.grad.abs().sum((0, 1)).flatten().argmax()
    place = torch.tensor(torch.unravel_index(peak, x.shape[2:]))
    assert (place - torch.tensor([4, 21, 10])).abs().max() <= 3


def test_a_voxel_sees_the_whole_window():
    """Down to the coarsest level and up again; without norms, through which everything hangs on everything."""
    torch.manual_seed(0)
    module = UNetRadiomics(width=8).eval()
    for block in module.modules():
        if isinstance(block, ResidualBlock):
            block.norm1 = block.norm2 = torch.nn.Identity()
    x = torch.randn(1, 4, 16, 64, 64, requires_grad=True)
    module.region_logits(x, PRESENT)[0, 0, 8, 32, 32].backward()
    seen = x.grad.abs().amax((0, 1))
    assert (seen.amax((1, 2)) > 0).all()
    assert (seen.amax((0, 1)) > 0).all()


def test_regions_of_a_study_that_was_graded_are_not_found_again():
    network, x = UNetRadiomics(4).eval(), torch.rand(1, 4, 16, 32, 32)
    finest = patch.object(network.unet.finest, "forward", wraps=network.unet.finest.forward)
    with finest as forward, torch.inference_mode(), cached_activations(network):
        _, auxiliary = network.grade_and_auxiliary(x, PRESENT)
        again = network.region_logits(x, PRESENT)
    assert forward.call_count == 1
    torch.testing.assert_close(again, auxiliary["regions"], rtol=0, atol=0)
