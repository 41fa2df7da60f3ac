"""Rows become batches that show what they should, whatever the number of rows."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from training.batches import apply, load_batch
from training.cache import PreparedCohort


@pytest.fixture
def cohort():
    x = np.arange(21, dtype=np.float16)[:, None, None, None, None] * np.ones((1, 4, 2, 4, 4), np.float16)
    present = np.ones((21, 4), bool)
    present[3, 2] = False
    return PreparedCohort(x, present, np.full((21, 3, 2, 1, 1), 0.25, np.float16), np.arange(21) % 2)


def test_a_batch_shows_the_chosen_modalities(cohort):
    x, present, regions, y = load_batch(cohort, np.array([3, 5]), ("t1", "t2"), torch.device("cpu"))
    assert x.dtype == regions.dtype == torch.float32
    assert x[:, 0, 0, 0, 0].tolist() == [3, 5]
    assert present.tolist() == [[True, False, False, False], [True, False, True, False]]
    assert y.tolist() == [1, 1]


@pytest.mark.parametrize("count", [1, 7, 8, 21])
def test_a_function_is_applied_to_each_row_in_order(cohort, count):
    rows = np.arange(20, 20 - count, -1)
    shown, device = ("t1ce", "t2"), torch.device("cpu")
    found = apply(lambda x, here: torch.stack([x[:, 1, 0, 0, 0], here.sum(1)], 1), cohort, rows, shown, device)
    assert found[:, 0].tolist() == rows.tolist()
    assert found[:, 1].tolist() == [1 if row == 3 else 2 for row in rows]
