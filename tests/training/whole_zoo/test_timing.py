from __future__ import annotations

import torch

from training.whole_zoo import timing
from training.whole_zoo.timing import CORES, seconds_a_study


def test_it_is_the_median_after_a_first_pass_on_two_cores(models, monkeypatch):
    before, taken, threads = torch.get_num_threads(), iter([99.0, 5.0, 1.0, 3.0, 2.0, 4.0]), set()

    def seconds(module, x, present):
        threads.add(torch.get_num_threads())
        assert module(x, present).shape == (1, 2)
        return next(taken)

    monkeypatch.setattr(timing, "_seconds", seconds)
    assert seconds_a_study(models[0].module, models[0].spec.recipe) == 3
    assert threads == {CORES}
    assert torch.get_num_threads() == before


def test_a_pass_takes_time(models):
    assert 0 < seconds_a_study(models[0].module, models[0].spec.recipe, rounds=1) < 60
