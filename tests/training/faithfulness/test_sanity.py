"""What a network without its learning is, and how two maps are compared."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from training.faithfulness.sanity import rank_correlation, redrawn


def test_every_parameter_is_drawn_anew_in_its_own_range(small_model):
    before = {name: value.clone() for name, value in small_model.module.state_dict().items()}
    other = redrawn(small_model.module)
    for name, parameter in small_model.module.named_parameters():
        assert torch.equal(parameter, before[name])
        drawn = other.get_parameter(name)
        if parameter.std() > 0:
            assert not torch.isclose(drawn, parameter).all(), name
        if parameter.numel() > 500:
            torch.testing.assert_close(drawn.std(), parameter.std(), rtol=0.15, atol=0)
    assert not other.training


def test_the_same_seed_draws_the_same(small_model):
    first, second, third = (redrawn(small_model.module, seed).state_dict() for seed in (1, 1, 2))
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert not all(torch.equal(first[name], third[name]) for name in first)


def test_ranks_are_what_is_compared():
    values = np.array([1.0, 2, 3, 4])
    assert rank_correlation(values, values**3) == pytest.approx(1)
    assert rank_correlation(values, -values) == pytest.approx(-1)
    assert rank_correlation(values, np.ones(4)) is None
