from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from training.simulation.fields import COARSE
from training.simulation.growth import in_lobe
from training.simulation.physics.tumour import (
    CELL_DIFFUSIVITY,
    TIME_STEP,
    conductivity,
    divergence_of_flux,
    fisher_kpp_step,
    grow,
    mass_effect,
)


def grown(head, signs, seed=5):
    return grow(np.random.default_rng(seed), head, signs, COARSE)


def test_what_flows_out_of_one_voxel_flows_into_another():
    rng = np.random.default_rng(0)
    change = divergence_of_flux(rng.random((6, 7, 8)), rng.random((6, 7, 8)))
    assert abs(change.sum()) < 1e-9
    assert np.abs(change).max() > 0.1


def test_nothing_flows_where_nothing_conducts():
    density, conducts = np.zeros((5, 5, 5)), np.ones((5, 5, 5))
    density[2, 2, 2], conducts[2, 2, 2] = 1.0, 0.0
    assert np.abs(divergence_of_flux(density, conducts)).max() < 1e-6


def test_a_front_travels_as_fast_as_fisher_said():
    """2 √(Dρ), 1937; the discrete front is a little slower, and takes long to reach its speed."""
    cells, conducts, rate = np.zeros((300, 1, 1)), np.ones((300, 1, 1)), 0.25
    cells[:5] = 1
    fronts = []
    for _ in range(1200):
        cells = fisher_kpp_step(cells, conducts, rate)
        fronts.append((cells > 0.5).sum())
    speed = (fronts[-1] - fronts[599]) / (600 * TIME_STEP)
    assert speed == pytest.approx(2 * np.sqrt(rate), rel=0.07)
    assert cells.max() <= 1 + 1e-9


def test_cells_spread_in_white_more_than_in_grey_and_not_in_csf(brain):
    conducts = conductivity(brain, CELL_DIFFUSIVITY)
    assert conducts[brain.white > 0.9].max() > 0.9
    assert conducts[brain.grey > 0.9].max() < 0.4
    assert conducts[(brain.csf > 0.5) | (brain.depth_mm < 0)].max() == 0


def test_the_drawn_volumes_are_reached(head, signs):
    _, lesion = grown(head, signs)
    assert (lesion.core > 0.49).sum() * COARSE.voxel_ml == pytest.approx(30, rel=0.1)
    assert (lesion.whole > 0.49).sum() * COARSE.voxel_ml == pytest.approx(60, rel=0.15)
    assert (lesion.whole >= lesion.core).all()


def test_the_tumour_stays_out_of_csf(head, signs):
    brain, lesion = grown(head, signs)
    assert lesion.whole[(brain.csf > 0.6) | (brain.depth_mm < 0)].max() == 0


def test_fluid_prefers_white_matter_and_cells_care_less(head, signs):
    brain, lesion = grown(head, replace(signs, whole_tumour_ml=90.0))
    oedema = (lesion.whole > 0.5) & (lesion.core < 0.5)
    assert brain.white[oedema].mean() > 0.7
    assert brain.white[lesion.core > 0.5].mean() < brain.white[oedema].mean()


@pytest.mark.parametrize("lobe", ["frontal", "temporal", "parietal", "occipital"])
def test_the_tumour_is_in_its_lobe(head, signs, lobe):
    brain, lesion = grown(head, replace(signs, lobe=lobe, whole_tumour_ml=20.0, core_ml=12.0))
    assert in_lobe(brain.template_mm, lobe)[lesion.core > 0.5].mean() > 0.5


def test_most_second_foci_are_apart_from_the_first(head, signs):
    def foci(multifocal, seed):
        drawn = replace(signs, core_ml=10.0, whole_tumour_ml=14.0, multifocal=multifocal)
        _, lesion = grown(head, drawn, seed)
        parts, _ = ndimage.label(lesion.core > 0.45, np.ones((3, 3, 3)))
        return (np.bincount(parts.ravel())[1:] > 5).sum()

    assert [foci(False, seed) for seed in range(8)] == [1] * 8
    assert np.mean([foci(True, seed) > 1 for seed in range(8)]) >= 0.5


def test_a_sharp_margin_is_sharper(head, signs):
    def blurred(sharp):
        _, lesion = grown(head, replace(signs, enhancement="none", sharp_margin=sharp))
        return ((lesion.core > 0.1) & (lesion.core < 0.9)).sum()

    assert blurred(True) < 0.7 * blurred(False)


def test_a_mass_pushes_away_from_itself_by_its_volume():
    """Outside a ball the displacement is its strength × radius³ / 3 distance², as Gauss's law has it."""
    distance = np.linalg.norm(COARSE.points_mm() - np.array([0, -18, 4]).reshape(3, 1, 1, 1), axis=0)
    cells = (distance < 22).astype(np.float32)
    moved = mass_effect(cells, np.full(COARSE.shape, 99.0), strength=0.3)
    outwards = (moved * (COARSE.points_mm() - np.array([0, -18, 4]).reshape(3, 1, 1, 1))).sum(axis=0) / distance
    radius_mm = (0.75 * cells.sum() * 64 / np.pi) ** (1 / 3)
    shell = (distance > 26) & (distance < 32)
    expected = 0.3 * radius_mm**3 / (3 * distance[shell] ** 2)
    assert outwards[shell].mean() == pytest.approx(expected.mean(), rel=0.15)
    assert np.abs(mass_effect(cells, np.zeros(COARSE.shape), 0.3)).max() == 0  # the skull doesn't give


def test_the_lesion_displaces_the_brain(head, signs):
    pushed, _ = grown(head, replace(signs, mass_effect=0.45))
    still, _ = grown(head, replace(signs, mass_effect=0.0))
    moved = np.linalg.norm(pushed.template_mm - still.template_mm, axis=0)
    assert 1.5 < moved.max() < 8
    assert moved[still.depth_mm < 0].max() < 0.2 * moved.max()
