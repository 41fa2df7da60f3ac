"""Volumes and shapes, against balls and boxes whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import kstest

from training.realism.shapes import compare_facts, count_parts, measure_shape, sphericity


def test_a_ball_is_spherical_and_a_slab_is_not():
    distance = np.linalg.norm(np.mgrid[-24:24, -24:24, -24:24], axis=0)
    assert sphericity(distance < 20) == pytest.approx(1, abs=0.03)
    slab = np.zeros((60, 60, 10), bool)
    slab[5:55, 5:55, 4:6] = True
    assert sphericity(slab) < 0.5
    assert sphericity(np.zeros((9, 9, 9), bool)) == 0


def test_parts_count_from_a_size_on_and_touch_by_corners():
    mask = np.zeros((20, 20, 20), bool)
    mask[2:5, 2:5, 2:5] = True
    mask[5, 5, 5] = True
    mask[10:13, 10:13, 10:13] = True
    mask[17, 17, 17] = True
    assert count_parts(mask, 1) == 3
    assert count_parts(mask, 2) == 2


def test_measures_are_those_of_the_mask(make_normalised):
    study = make_normalised()
    facts = measure_shape(study)
    core, oedema, enhancing = study.regions.sum(axis=(1, 2, 3)) * 0.064
    assert facts["whole_ml"] == pytest.approx(core + oedema + enhancing)
    assert facts["core_ml"] == pytest.approx(core + enhancing)
    assert facts["enhancing_ml"] == pytest.approx(enhancing)
    assert facts["core_of_whole"] == pytest.approx((core + enhancing) / (core + oedema + enhancing))
    assert facts["enhancing_of_core"] == pytest.approx(enhancing / (core + enhancing))
    assert facts["parts"] == 1


def test_a_mask_without_tumour_has_zeros(make_normalised):
    study = make_normalised()
    study.regions[:] = False
    assert set(measure_shape(study).values()) == {0.0}


def test_facts_are_compared_by_kolmogorov_and_smirnov():
    rng = np.random.default_rng(0)
    one, other = rng.normal(0, 1, 30), rng.normal(0.8, 1, 40)
    compared = compare_facts([{"x": value} for value in one], [{"x": value} for value in other])["x"]
    grid = np.concatenate([one, other])
    gap = max(abs((one <= value).mean() - (other <= value).mean()) for value in grid)
    assert compared["distance"] == pytest.approx(gap)
    assert compared["p"] == pytest.approx(kstest(one, other).pvalue)
    assert compare_facts([{"x": 1.0}], [{"x": 1.0}])["x"]["distance"] == 0
