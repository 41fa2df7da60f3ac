"""Outlines are compared where both were scanned: a ball, cut or moved, is all they need."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from zoo.plugins.quality.coverage import completed, missing_part, outlines_of, shown_part

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


def lacking(volumes, *rows):
    """Scans without the lowest third of the brain."""
    data = volumes.data.copy()
    data[list(rows), :, :, :18] = 0
    return replace(volumes, data=data)


def test_scans_of_one_outline_need_no_look(volumes):
    assert outlines_of(volumes) is None
    pair = np.array([True, False, False, True])
    assert outlines_of(replace(volumes, data=volumes.data * pair[:, None, None, None], present=pair)) is None


def test_shared_is_what_most_have_and_whole_what_any_has(volumes):
    one, three = outlines_of(lacking(volumes, 2)), outlines_of(lacking(volumes, 0, 1, 3))
    short, full = one.each[2], one.each[0]
    assert short.sum() < 0.8 * full.sum()
    for outlines, shared in ((one, full), (three, short)):
        np.testing.assert_array_equal(outlines.shared, shared)
        np.testing.assert_array_equal(outlines.whole, full)


@pytest.mark.parametrize("missing", [1, 2, 3])
def test_two_slices_at_an_end_count_and_one_does_not(missing):
    """8 mm: what two skull-strippers differ by is less."""
    cylinder = np.zeros_like(BALL)
    cylinder[3:21, 6:18, 6:18] = 1
    cut = cylinder.copy()
    cut[3 : 3 + missing] = 0
    assert missing_part(cut, cylinder).any() == (missing >= 2)


def test_a_core_shows_the_whole():
    """No end tells a cut where nowhere is nearly all of the larger outline."""
    core = BALL * (np.abs(PLACES) < 3).all(axis=0)
    assert shown_part(core, BALL) == (slice(None),) * 3
