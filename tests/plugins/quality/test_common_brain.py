"""What the references share is what is kept in the file."""

from __future__ import annotations

import numpy as np
import pytest

from zoo.plugins.quality.common_brain import common_brain, measure, store

HALF = 2e-3  # of half precision, at the largest numbers that occur
MEASURE_ANEW = "python -m plugins.quality.common_brain measures it anew"


@pytest.fixture(scope="module")
def measured():
    return measure()


@pytest.mark.parametrize("part", ["images", "fluid"])
def test_kept_is_what_is_measured(measured, part):
    kept, found = getattr(common_brain(), part), getattr(measured, part)
    assert kept.dtype == np.float32
    np.testing.assert_allclose(kept, found, atol=HALF, err_msg=MEASURE_ANEW)


def test_the_outline_is_kept_exactly(measured):
    assert common_brain().brain.dtype == bool
    np.testing.assert_array_equal(common_brain().brain, measured.brain, err_msg=MEASURE_ANEW)


def test_each_modality_is_scaled_and_fluid_is_a_share(measured):
    inside = measured.images[:, measured.brain]
    assert abs(inside.mean(axis=1)).max() < 0.1
    assert 0.5 < inside.std(axis=1).min() < 1.1
    assert measured.fluid.min() >= 0
    assert measured.fluid.max() <= 1
    assert 0.01 < measured.fluid[measured.brain].mean() < 0.2


def test_what_is_stored_is_read_again(measured, tmp_path, monkeypatch):
    file = tmp_path / "common.npz"
    store(measured, file)
    monkeypatch.setattr("zoo.plugins.quality.common_brain.FILE", file)
    common_brain.cache_clear()
    np.testing.assert_allclose(common_brain().images, measured.images, atol=HALF)
    common_brain.cache_clear()
