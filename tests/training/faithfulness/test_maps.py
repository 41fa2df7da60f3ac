"""What becomes of a map before it is scored."""

from __future__ import annotations

import numpy as np
import pytest

from training.faithfulness.maps import (
    SMOOTHING_MM,
    attribution_map,
    importance,
    lesion_map,
    random_map,
    scored_voxels,
)
from zoo import Attribution, ExplainerSpec


def test_importance_has_no_sign():
    values = random_map((4, 6, 8, 8))
    np.testing.assert_array_equal(importance(values, (4.0, 2.0, 2.0)), importance(-values, (4.0, 2.0, 2.0)))


@pytest.mark.parametrize("axis", [1, 2, 3])
def test_smoothing_is_in_millimetres_and_within_a_modality(axis):
    spacing = (4.0, 2.0, 2.0)
    values = np.zeros((4, 21, 41, 41), np.float32)
    values[2, 10, 20, 20] = 1
    smooth = importance(values, spacing)
    assert not smooth[[0, 1, 3]].any()
    along = smooth[2].sum(axis=tuple({0, 1, 2} - {axis - 1}))
    place = (np.arange(len(along)) - len(along) // 2) * spacing[axis - 1]
    assert np.sqrt((along * place**2).sum() / along.sum()) == pytest.approx(SMOOTHING_MM, rel=0.02)


def test_random_is_the_same_each_time():
    np.testing.assert_array_equal(random_map((4, 2, 3, 3)), random_map((4, 2, 3, 3)))


def test_only_the_brain_of_modalities_in_use_is_scored(asked):
    asked.question.x[..., 0] = asked.twin[..., 0] = -1
    scored = scored_voxels(asked.question)
    assert scored[1, ..., 1:].all()
    assert scored.sum() == scored[1, ..., 1:].size


def test_the_true_lesion_lies_in_every_modality(asked):
    found = lesion_map(asked.lesion)
    assert found.shape == (4, *asked.lesion.shape)
    assert all(np.array_equal(one, asked.lesion) for one in found)


def test_outside_the_brain_a_map_is_empty(asked):
    asked.question.x[..., 0] = -1
    everywhere = ExplainerSpec("e", "E", 1, lambda question, progress: Attribution(np.ones(question.x.shape[1:])))
    values = attribution_map(everywhere, asked.question)
    assert not values[..., 0].any()
    assert (values[..., 1:] == 1).all()
