"""Crops lie in the brain, and their features say what was done to them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from training.realism.intensities import CHANNELS
from training.realism.textures import CROPS, FEATURES, describe_crop, draw_crops, feature_names


def test_crops_are_cubes_of_brain(make_normalised):
    crops = draw_crops(make_normalised(), np.random.default_rng(0))
    assert crops.shape[1:] == (len(CHANNELS), 8, 8, 8)
    assert CROPS // 2 < len(crops) <= CROPS
    assert (crops[:, 0] > 0).mean() > 0.8
    np.testing.assert_allclose(crops[:, 4], crops[:, 1] - crops[:, 0], atol=1e-6)


def test_with_a_mask_half_of_the_crops_are_on_the_tumour(make_normalised):
    """There T2 is bright."""
    masked, bare = (draw_crops(make_normalised(masked=m), np.random.default_rng(0)) for m in (True, False))
    assert np.median(masked[: CROPS // 2, 2].mean(axis=(1, 2, 3))) > 1.2
    assert np.median(bare[:, 2].mean(axis=(1, 2, 3))) < 1.2


def test_a_tiny_brain_has_no_crops(make_normalised):
    study = make_normalised()
    study.brain[:] = False
    assert draw_crops(study, np.random.default_rng(0)).shape == (0, 5, 8, 8, 8)


def test_features_of_a_crop():
    crop = np.random.default_rng(0).normal(1, 0.1, (5, 16, 16, 16))
    crop[2] = ndimage.gaussian_filter1d(crop[2], 1.5, axis=0)
    features = dict(zip(feature_names(), describe_crop(crop).ravel(), strict=True))
    assert len(features) == len(CHANNELS) * len(FEATURES)
    assert features["t1 quantile 0.5"] == pytest.approx(1, abs=0.01)
    assert features["t1 quantile 0.95"] == pytest.approx(1.16, abs=0.02)
    assert features["t1 gradient y"] == pytest.approx(2 / np.sqrt(np.pi), rel=0.05)  # mean of |a − b|, both N(0, 1)
    assert features["t1 local deviation"] == pytest.approx(np.sqrt(26 / 27), rel=0.05)
    assert features["t2 fall-off z"] > features["t2 fall-off x"] + 6
    assert features["t2 gradient z"] < features["t2 gradient x"]


def test_a_crop_without_texture_has_finite_features():
    assert np.isfinite(describe_crop(np.zeros((5, 8, 8, 8)))).all()
