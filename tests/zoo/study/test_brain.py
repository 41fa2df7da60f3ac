"""The brain is where some modality differs from 0."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests_support import brain_affine, make_volumes
from zoo.study.brain import bounding_box, brain_extent, brain_mask, cropped


def test_a_voxel_is_brain_when_any_modality_differs_from_0():
    data = np.zeros((4, 2, 2, 2), np.float32)
    data[0, 0, 0, 0], data[1, 0, 1, 0], data[3, 1, 1, 1] = -0.5, -0.5, 7
    brain = brain_mask(data)
    assert brain.dtype == bool
    assert np.argwhere(brain).tolist() == [[0, 0, 0], [0, 1, 0], [1, 1, 1]]


def test_one_modality_gives_its_own_outline():
    data = np.zeros((4, 2, 2, 2), np.float32)
    data[0, 0, 0, 0], data[2, 1, 0, 1] = 1, 1
    assert np.argwhere(brain_mask(data[[2]])).tolist() == [[1, 0, 1]]


def test_the_box_holds_the_brain_and_no_more():
    brain = np.zeros((5, 6, 7), bool)
    brain[1, 2, 3], brain[3, 2, 6] = True, True
    assert bounding_box(brain) == (slice(1, 4), slice(2, 3), slice(3, 7))


def test_cropped_a_voxel_keeps_its_place_in_the_world(volumes):
    small = cropped(volumes)
    assert np.shares_memory(small.data, volumes.data)
    assert small.brain.sum() == volumes.brain.sum() < small.brain.size < volumes.brain.size
    start = np.rint((np.linalg.inv(volumes.affine) @ small.affine)[:3, 3]).astype(int)
    np.testing.assert_array_equal(small.data[:, 20, 21, 22], volumes.data[:, *np.add(start, [20, 21, 22])])
    assert small.data[:, 20, 21, 22].all()


@pytest.mark.parametrize("oblique", [False, True])
@pytest.mark.parametrize("outermost", [0.01, 0.02])
def test_the_extent_is_numpys_quantiles_of_all_voxels(oblique, outermost):
    affine = brain_affine() @ np.diag([-1.0, 1, 1, 1])
    if oblique:
        affine[:3, :3] += 0.1 * np.arange(9).reshape(3, 3)
    volumes = replace(make_volumes(brain_affine()), affine=affine)
    world = np.argwhere(volumes.brain) @ affine[:3, :3].T + affine[:3, 3]
    expected = np.quantile(world, [outermost, 1 - outermost], axis=0)
    np.testing.assert_allclose(brain_extent(volumes, outermost), expected, atol=1e-9)
