"""The brain is where some modality differs from 0."""

from __future__ import annotations

import numpy as np

from zoo.study.brain import brain_mask


def test_a_voxel_is_brain_when_any_modality_differs_from_0():
    data = np.zeros((4, 2, 2, 2), np.float32)
    data[1, 0, 0, 0], data[3, 1, 1, 1] = -0.5, 7
    brain = brain_mask(data)
    assert brain.dtype == bool
    assert np.argwhere(brain).tolist() == [[0, 0, 0], [1, 1, 1]]


def test_one_modality_gives_its_own_outline():
    data = np.zeros((4, 2, 2, 2), np.float32)
    data[0, 0, 0, 0], data[2, 1, 0, 1] = 1, 1
    assert np.argwhere(brain_mask(data[[2]])).tolist() == [[1, 0, 1]]
