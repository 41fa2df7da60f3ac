"""A painted appearance shows the same patient as the stored study does, by another scanner."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from training.data.paint import draw_palette, paint
from training.data.tissue_maps import FULL, Patient, tissues_of
from training.simulation.contrast import APPEARANCE
from training.simulation.study import simulate_study
from zoo import Recipe, Volumes
from zoo.study.prepare import prepare

RECIPE = Recipe(shape=(20, 48, 40), spacing=(8.0, 4.0, 4.0))
NAMES = list(APPEARANCE)
T1, T1CE, T2, FLAIR = range(4)


@pytest.fixture(scope="module")
def maps():
    return torch.from_numpy(tissues_of(Patient(5, 1, 4.0), RECIPE))


@pytest.fixture(scope="module")
def stored():
    study = simulate_study(5, 1, 4.0)
    volumes = Volumes(study.id, study.images, np.ones(4, bool), study.affine, study.images[0] > 0)
    return torch.from_numpy(prepare(volumes, RECIPE).x[0])


def _looks(maps, wide, count=12):
    return [paint(maps, RECIPE.spacing, wide, torch.Generator().manual_seed(seed)) for seed in range(count)]


@pytest.mark.parametrize(("wide", "least"), [(False, 0.6), (True, 0.4)])
def test_it_looks_like_the_stored_study(maps, stored, wide, least):
    brain = maps[-1] == FULL
    for scan in (T1, T2, FLAIR):
        alike = [
            torch.corrcoef(torch.stack([look[scan][brain], stored[scan][brain]]))[0, 1] for look in _looks(maps, wide)
        ]
        assert np.median(alike) > least, scan


@pytest.mark.parametrize("wide", [False, True])
def test_background_is_where_the_stored_study_has_it(maps, stored, wide):
    for look in _looks(maps, wide, 3):
        assert look.dtype == torch.float32
        assert torch.equal((look == -1).all(0), (stored == -1).all(0))
        assert look.min() >= -1
        assert look.max() <= 4


@pytest.mark.parametrize("wide", [False, True])
def test_white_matter_is_at_0(maps, wide):
    white = maps[NAMES.index("white")] > 0.95 * FULL
    levels = torch.stack([look[:, white].median(1).values for look in _looks(maps, wide, 20)])
    assert levels.median(0).values.abs().max() < 0.06
    assert levels.abs().max() < 0.4


@pytest.mark.parametrize("wide", [False, True])
def test_a_seed_says_what_comes_out(maps, wide):
    one, two = (_looks(maps, wide, 2) for _ in range(2))
    assert torch.equal(one[0], two[0])
    assert not torch.equal(one[0], one[1])


@pytest.mark.parametrize("wide", [False, True])
def test_what_takes_up_contrast_is_brighter_on_t1ce(maps, wide):
    taking, white = maps[NAMES.index("enhancing")] > 0.8 * FULL, maps[NAMES.index("white")] > 0.95 * FULL
    assert taking.any()
    uptakes = [look[T1CE] - look[T1] for look in _looks(maps, wide)]
    assert np.mean([uptake[taking].mean() > uptake[white].mean() + 0.05 for uptake in uptakes]) > 0.8


def test_wider_than_life_tissues_differ_by_more_and_vary_within():
    narrow, wide = ([draw_palette(np.random.default_rng(seed), wide) for seed in range(100)] for wide in (False, True))
    grey, white = NAMES.index("grey"), NAMES.index("white")
    for scan in (T2, FLAIR):
        spreads = [np.std([palette.medians[scan, grey] for palette in drawn]) for drawn in (narrow, wide)]
        assert spreads[1] > 1.3 * spreads[0]
    assert all((palette.medians[:, white] == 1).all() and palette.uptake[white] == 0 for palette in wide)
    assert not any(palette.within.any() for palette in narrow)
    assert all(palette.within.any() for palette in wide)


def test_t1_and_t1ce_stay_a_pair_however_wide():
    def apart(wide):
        drawn = [draw_palette(np.random.default_rng(seed), wide).medians for seed in range(100)]
        return np.mean([abs(medians[T1CE] - medians[T1]).mean() for medians in drawn])

    assert apart(True) < 1.6 * apart(False)


def test_what_nobody_looks_at_gets_no_scanner_and_the_rest_stays(maps):
    whole, t1_alone = (
        paint(maps, RECIPE.spacing, False, torch.Generator().manual_seed(2), shown)
        for shown in ((True,) * 4, (True, False, False, False))
    )
    assert torch.equal(whole[T1], t1_alone[T1])
    assert not torch.equal(whole[T2], t1_alone[T2])
