"""Outlines are compared where both were scanned: a ball, cut or moved, is all they need."""

from __future__ import annotations

import numpy as np
import pytest

from zoo.plugins.quality.coverage import completed, missing_part, shown_part

PLACES = np.indices((24, 24, 24)) - 11.5
BALL = (np.linalg.norm(PLACES, axis=0) < 9).astype(np.float32)


def without(axis: int, first: int, last: int) -> np.ndarray:
    """The ball without its first and last slices along an axis."""
    place = PLACES[axis] + 11.5
    return BALL * ((place >= 3 + first) & (place < 21 - last))


@pytest.mark.parametrize(("axis", "first", "last"), [(0, 5, 0), (0, 0, 5), (1, 4, 6), (2, 5, 0)])
def test_what_is_missing_at_an_end_is_taken_from_the_larger(axis, first, last):
    cut = without(axis, first, last)
    np.testing.assert_array_equal(completed(cut, BALL), BALL)
    np.testing.assert_array_equal(missing_part(cut, BALL), (BALL > 0) & (cut == 0))
    part = shown_part(cut, BALL)[axis]
    assert (part.start or 3, part.stop or 21) == (3 + first, 21 - last)


def test_what_was_moved_lacks_nothing():
    for moved in (np.roll(BALL, 5, axis=0), np.roll(BALL, -3, axis=1), np.roll(BALL, 1, axis=2)):
        np.testing.assert_array_equal(completed(moved, BALL), moved)
        assert not missing_part(moved, BALL).any()


def test_a_tighter_skull_strip_lacks_nothing():
    tighter = (np.linalg.norm(PLACES, axis=0) < 8.6).astype(np.float32)
    assert not missing_part(tighter, BALL).any()


def test_a_cut_that_runs_askew_is_completed_beyond_its_beginning():
    askew = BALL * (PLACES[0] + 0.3 * PLACES[1] > -3)
    assert 0 < missing_part(askew, BALL).sum() <= ((BALL > 0) & (askew == 0)).sum()
    assert np.abs(completed(askew, BALL) - BALL).sum() < 0.02 * BALL.sum()
