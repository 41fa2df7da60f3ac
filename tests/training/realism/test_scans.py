"""Noise is found again where it was added, and blur along the axis where it was done."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from training.realism.scans import fall_off, measure_scan, noise


@pytest.fixture
def white_noise():
    return np.random.default_rng(0).normal(1, 0.05, (40, 40, 40))


def test_noise_is_its_standard_deviation(white_noise):
    assert noise(white_noise, np.ones(white_noise.shape, bool)) == pytest.approx(0.05, rel=0.05)


def test_edges_count_little_as_noise(white_noise):
    white_noise[:20] += 3
    assert noise(white_noise, np.ones(white_noise.shape, bool)) == pytest.approx(0.05, rel=0.1)


@pytest.mark.parametrize("axis", range(3))
def test_fall_off_tells_the_axis_of_a_blur(white_noise, axis):
    blurred = ndimage.gaussian_filter1d(white_noise, 1.0, axis=axis)
    falls = [fall_off(blurred, other) for other in range(3)]
    assert int(np.argmax(falls)) == axis
    assert falls[axis] > 6
    assert max(np.delete(falls, axis)) < 2


def test_white_noise_falls_off_by_nothing_and_nothing_neither(white_noise):
    assert fall_off(white_noise, 0) == pytest.approx(0, abs=0.5)
    assert fall_off(np.ones((8, 8, 8)), 0) == 0


def test_facts_of_a_study(make_normalised):
    study = make_normalised()
    facts = measure_scan(study)
    assert facts["brain_ml"] == pytest.approx(study.brain.sum() * 0.064)
    assert facts["t1 noise"] == pytest.approx(0.08, rel=0.1)
    assert facts["t2 anisotropy"] < 2
    study.images[1][study.brain & ~study.tumour] += 0.6
    outside_ml = (study.brain & ~study.tumour).sum() * 0.064
    assert measure_scan(study)["bright_outside_ml"] > 0.95 * outside_ml > facts["bright_outside_ml"]
