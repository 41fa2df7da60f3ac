"""Distances between intensities, against NumPy's own quantiles."""

from __future__ import annotations

import numpy as np
import pytest

from training.realism.intensities import CHANNELS, REGIONS, VOXELS, compare_intensities, sample_regions

N = 400


def _samples(shift=0.0, seed=0, cases=8):
    rng = np.random.default_rng(seed)
    return [{region: rng.normal(1, 0.1, (5, N)) + shift for region in REGIONS} for _ in range(cases)]


def test_samples_come_from_their_regions(make_normalised):
    study = make_normalised()
    samples = sample_regions(study, np.random.default_rng(0))
    assert tuple(samples) == REGIONS
    assert samples["outside"].shape == (len(CHANNELS), VOXELS)
    assert samples["enhancing"].shape[1] == study.regions[2].sum()
    assert samples["enhancing"].mean(axis=1) == pytest.approx([0.8, 1.2, 1.8, 1.7, 0.4], abs=0.03)
    assert samples["outside"].mean(axis=1) == pytest.approx([1, 1, 1, 1, 0], abs=0.03)


def test_a_cohort_is_near_itself():
    samples = _samples()
    compared = compare_intensities(samples, samples, 0)
    assert all(each["distance"] == 0 for channels in compared.values() for each in channels.values())


def test_the_distance_of_a_shift_is_the_shift():
    compared = compare_intensities(_samples(0.5), _samples(seed=1), 0)["core"]["t1"]
    assert compared["distance"] == pytest.approx(0.5, abs=0.01)
    assert compared["real"][2] - compared["simulated"][2] == pytest.approx(0.5, abs=0.02)


def test_the_distance_is_the_mean_gap_of_quantiles():
    real, simulated = _samples(0.1), _samples(seed=1)
    gaps = np.subtract(*(np.sort(np.concatenate([one["core"][2] for one in each])) for each in (real, simulated)))
    assert compare_intensities(real, simulated, 0)["core"]["t2"]["distance"] == pytest.approx(np.abs(gaps).mean())


def test_the_floor_is_what_so_few_simulated_cases_leave_open():
    """Of cases that differ by 1 from patient to patient, two are about 0.9 from the rest; of equal ones none is."""
    rng = np.random.default_rng(0)
    differing = [{region: np.full((5, N), rng.normal()) for region in REGIONS} for _ in range(20)]
    assert 0.4 < compare_intensities(differing[:2], differing, 0)["core"]["t1"]["floor"] < 1.5
    assert compare_intensities(_samples(cases=2), _samples(cases=20), 0)["core"]["t1"]["floor"] < 0.02
    assert compare_intensities(_samples(), _samples(cases=15), 0)["core"]["t1"]["floor"] is None


def test_a_region_that_nobody_has_has_no_distance():
    empty = [{region: np.zeros((5, 0)) for region in REGIONS}]
    compared = compare_intensities(empty, _samples(), 0)["enhancing"]["delta"]
    assert compared["distance"] is None
    assert compared["real"] is None
