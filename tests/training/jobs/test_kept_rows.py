"""Rows that are made once, however often a call is stopped."""

from __future__ import annotations

import numpy as np
import pytest

from training.jobs.kept_rows import kept_rows


def _row(item):
    if item == 99:
        raise ValueError("stopped")
    return np.full((2, 3), item)


def test_a_stopped_call_goes_on_where_it_was_stopped(tmp_path):
    with pytest.raises(ValueError, match="stopped"):
        kept_rows(tmp_path, "rows", (2, 3), np.uint8, _row, [7, 8, 99])
    rows = kept_rows(tmp_path, "rows", (2, 3), np.uint8, _row, [70, 80, 90])
    assert (rows.dtype, rows.shape) == (np.uint8, (3, 2, 3))
    assert rows[:, 0, 0].tolist() == [7, 8, 90]


def test_a_second_call_makes_nothing(tmp_path):
    kept_rows(tmp_path, "rows", (2, 3), np.uint8, _row, [7])
    assert kept_rows(tmp_path, "rows", (2, 3), np.uint8, _row, [99])[0, 0, 0] == 7
    assert sorted(file.name for file in tmp_path.iterdir()) == ["made.npy", "rows.npy"]


def test_what_is_changed_by_a_reader_stays_with_it(tmp_path):
    kept_rows(tmp_path, "rows", (2, 3), np.uint8, _row, [7])[:] = 1
    assert kept_rows(tmp_path, "rows", (2, 3), np.uint8, _row, [7])[0, 0, 0] == 7
