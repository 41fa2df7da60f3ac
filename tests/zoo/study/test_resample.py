"""Against scipy's interpolation, voxel by voxel, along the grid's axes and askew."""

from __future__ import annotations

from itertools import permutations, product

import numpy as np
import pytest
from scipy import ndimage

from zoo.study import resample as module
from zoo.study.resample import sample

SHAPE, FACTORS = (5, 6, 4), (2, 1, 3)
ORIENTATIONS = list(product(permutations(range(3)), product((1, -1), repeat=3)))


def _to_source(order=(0, 1, 2), signs=(1, 1, 1)):
    """A map to voxels along the axes, partly outside the image."""
    matrix = np.eye(4)
    matrix[:3, :3] = 0.7 * np.diag(signs)[list(order)]
    matrix[:3, 3] = 5 - matrix[:3, :3] @ ((np.array(SHAPE) - 1) / 2) + [0.3, -1.9, 1.1]
    return matrix


def _askew():
    matrix = _to_source()
    matrix[0, 1], matrix[2, 0] = 0.1, -0.2
    return matrix


def _expected(data, to_source):
    """Each voxel the mean of its parts, each part by linear interpolation, with zeros around the image."""
    parts = [(np.arange(size * factor) + 0.5) / factor - 0.5 for size, factor in zip(SHAPE, FACTORS, strict=True)]
    places = np.einsum("sm,mijk->sijk", to_source[:3, :3], np.array(np.meshgrid(*parts, indexing="ij")))
    places += to_source[:3, 3, None, None, None]
    fine = [ndimage.map_coordinates(np.pad(image, 1), places + 1, order=1) for image in data]
    return np.reshape(fine, (len(data), 5, 2, 6, 1, 4, 3)).mean(axis=(2, 4, 6))


@pytest.fixture(params=["x is fastest", "z is fastest"])
def data(request):
    images = np.random.default_rng(0).normal(size=(2, 12, 9, 10)).astype(np.float32)
    return images if request.param == "z is fastest" else images.transpose(0, 3, 2, 1).copy().transpose(0, 3, 2, 1)


@pytest.mark.parametrize("to_source", [_to_source(*each) for each in ORIENTATIONS] + [_askew()])
def test_every_voxel_is_scipys(data, to_source):
    found = sample(data, to_source, SHAPE, FACTORS)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, _expected(data, to_source), atol=2e-5)


def test_parallel_axes_take_the_short_way_and_others_do_not(data, monkeypatch):
    monkeypatch.setattr(module, "_sample_anywhere", lambda *arguments: 1 / 0)
    sample(data, _to_source((2, 0, 1), (1, -1, 1)), SHAPE, FACTORS)
    with pytest.raises(ZeroDivisionError):
        sample(data, _askew(), SHAPE, FACTORS)


def test_both_ways_meet_where_an_axis_is_hardly_askew(data):
    short, long = _to_source(), _to_source()
    long[0, 1] = 1.01 * module.PARALLEL_VOXELS
    found = [sample(data, to_source, SHAPE, FACTORS) for to_source in (short, long)]
    np.testing.assert_allclose(*found, atol=2e-3)
