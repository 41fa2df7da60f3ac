"""Curves counted by hand, and the scale that they are put on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from training.faithfulness.curves import FRACTIONS, curves, gain, margins_on_the_way, normalised, ranked
from training.faithfulness.maps import lesion_map, random_map
from zoo import Recipe


@pytest.fixture
def hundred(asked):
    """A slice of 10 × 10 voxels; voxel i of T1ce adds i to the margin of the study, and nothing to that of the twin."""
    spec = replace(asked.question.spec, recipe=Recipe(shape=(1, 10, 10)))
    asked.question.module.weights.data = torch.ones(4, 1, 10, 10)
    x = torch.zeros(1, 4, 1, 10, 10)
    x[0, 1].view(-1)[:] = torch.arange(100)
    return replace(asked.question, spec=spec, x=x), torch.zeros_like(x)


def test_deletion_and_insertion_as_counted_by_hand(hundred):
    question, twin = hundred
    assert [round(fraction * 100) for fraction in FRACTIONS] == [1, 2, 4, 8, 16, 32]
    order = 100 + np.arange(100)[::-1]  # T1ce's voxels, the largest first
    taken = [99, 99 + 98, 99 + 98 + 97 + 96, sum(range(92, 100)), sum(range(84, 100)), sum(range(68, 100))]
    assert margins_on_the_way(question, twin, question.x, order) == taken
    assert margins_on_the_way(question, question.x, twin, order) == [4950 - part for part in taken]


def test_the_study_itself_is_left_as_it_is(hundred):
    question, twin = hundred
    before = question.x.clone()
    curves(question, twin, random_map((4, 1, 10, 10)))
    assert torch.equal(question.x, before)
    assert not twin.any()


def test_the_most_important_come_first_whatever_their_sign(hundred):
    question, _ = hundred
    values = np.zeros((4, 1, 10, 10), np.float32)
    values[1, 0, 2, 2], values[1, 0, 7, 7], values[0] = 1, -2, 9  # T1 is not looked at
    order = ranked(values, question)
    assert sorted(order) == list(range(100, 200))
    assert order[0] == 177
    assert list(order).index(122) < 60


def test_equal_ones_follow_the_random_map(hundred):
    question, _ = hundred
    flat = np.ones((4, 1, 10, 10), np.float32)
    np.testing.assert_array_equal(ranked(flat, question), ranked(random_map(flat.shape), question))


def test_a_gain_points_from_start_to_end():
    assert gain([3, 1], start=4, end=0) == 2
    assert gain([-3, -1], start=-4, end=0) == 2
    assert gain([5, 7], start=4, end=0) == -2


def test_beyond_the_end_is_as_far_as_before_it():
    assert gain([1, -1], start=4, end=0) == gain([1, 1], start=4, end=0) == 3
    assert gain([-6, -6], start=4, end=0) == -2


def test_a_study_counts_as_much_as_its_lesion_moves_the_model():
    assert normalised([3, 1], random=[1, 1], lesion=[5, 1]) == 0.5
    assert normalised([3, 1], random=[1, 1], lesion=[1, 1]) is None


def _scores(asked, values):
    start, end = (float(asked.question.margin(x)) for x in (asked.question.x, asked.twin))
    maps = values, random_map(values.shape), lesion_map(asked.lesion)
    found = [curves(asked.question, asked.twin, one) for one in maps]
    deletion = normalised(*([gain(one["deletion"], start, end)] for one in found))
    return deletion, normalised(*([gain(one["insertion"], end, start)] for one in found))


def test_the_true_lesion_scores_1_and_chance_0(asked):
    assert _scores(asked, lesion_map(asked.lesion)) == (1, 1)
    assert _scores(asked, random_map(asked.question.x.shape[1:])) == (0, 0)


def test_half_the_lesion_scores_between_and_all_but_the_lesion_below_chance(asked):
    half = lesion_map(asked.lesion)
    half[:, :, :6] = 0
    assert all(0.2 < score < 0.9 for score in _scores(asked, half))
    assert all(score < 0 for score in _scores(asked, 1 - lesion_map(asked.lesion)))
