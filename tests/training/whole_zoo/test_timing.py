from __future__ import annotations

import torch

from training.whole_zoo.timing import seconds_a_study


def test_a_study_takes_time_and_threads_stay_as_they_were(models):
    before = torch.get_num_threads()
    assert 0 < seconds_a_study(models[0]) < 60
    assert torch.get_num_threads() == before
