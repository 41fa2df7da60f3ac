from dataclasses import replace

import numpy as np
import pytest

from training.simulation.anatomy import build_anatomy, draw_deformation
from training.simulation.fields import COARSE
from training.simulation.growth import CORE_COST, UNREACHED_MM, arrival_mm, choose_site, grow, in_lobe
from training.simulation.signs import LOBES, draw_signs


@pytest.fixture(scope="module")
def deformation():
    return draw_deformation(np.random.default_rng(2))


@pytest.fixture(scope="module")
def anatomy(deformation):
    return build_anatomy(deformation, COARSE)


@pytest.fixture
def signs():
    drawn = draw_signs(np.random.default_rng(3), "LGG")
    return replace(drawn, whole_tumour_ml=60.0, core_ml=30.0, multifocal=False, sharp_margin=True)


@pytest.mark.parametrize("lobe", LOBES)
def test_the_site_lies_in_white_matter_of_its_lobe(anatomy, lobe):
    site = choose_site(np.random.default_rng(4), anatomy, lobe)
    index = tuple(int(np.abs(axis - p).argmin()) for axis, p in zip(COARSE.axes_mm(), site, strict=True))
    assert anatomy.white[index] > 0.4
    assert in_lobe(anatomy.template_mm, lobe)[index]


def test_a_front_travels_around_the_falx(anatomy):
    """To the mirrored place in the frontal lobe it takes much longer than the straight distance."""
    start, end = (_voxel_at(anatomy, (x, 35, 35)) for x in (15, -15))
    arrival = arrival_mm(anatomy, CORE_COST, np.array([np.ravel_multi_index(start, COARSE.shape)]))
    straight = COARSE.spacing_mm * np.linalg.norm(np.subtract(start, end))
    assert 1.3 * straight < arrival[end] < UNREACHED_MM


def _voxel_at(anatomy, template_mm):
    distance = np.linalg.norm(anatomy.template_mm - np.reshape(template_mm, (3, 1, 1, 1)), axis=0)
    return np.unravel_index(distance.argmin(), COARSE.shape)


def test_the_drawn_volumes_are_reached(deformation, signs):
    _, lesion = grow(np.random.default_rng(5), deformation, signs, COARSE)
    assert (lesion.core > 0.5).sum() * COARSE.voxel_ml == pytest.approx(30, rel=0.1)
    assert (lesion.whole > 0.5).sum() * COARSE.voxel_ml == pytest.approx(60, rel=0.2)


def test_the_tumour_stays_out_of_csf(deformation, signs):
    anatomy, lesion = grow(np.random.default_rng(5), deformation, signs, COARSE)
    assert lesion.whole[(anatomy.csf > 0.6) | (anatomy.depth_mm < 0)].max() == 0
