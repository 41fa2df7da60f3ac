"""Foci are counted where VASARI sees several tumours: apart, and outside each other's oedema."""

from __future__ import annotations

import numpy as np
import pytest

from zoo.regions.foci import count_foci


@pytest.fixture
def labels():
    """Two enhancing balls of 1 ml in voxels of 1 mm, 30 apart; no oedema."""
    x, y, z = np.ogrid[:60, :24, :24]
    balls = [(x - centre) ** 2 + (y - 12) ** 2 + (z - 12) ** 2 < 6.2**2 for centre in (12, 42)]
    return 4 * (balls[0] | balls[1]).astype(np.uint8)


def test_two_tumours_apart(labels):
    assert count_foci(labels, 0.001) == 2


def test_one_oedema_around_both_makes_them_one(labels):
    assert count_foci(np.where(labels, labels, 2), 0.001) == 1


def test_oedema_alone_and_what_is_small_are_no_foci(labels):
    apart = labels.copy()
    apart[30:] //= 2  # core or enhancing tumour to oedema
    assert count_foci(apart, 0.001) == 1
    assert count_foci(labels, 0.0004) == 0
    assert count_foci(labels * 0, 0.001) == 0


def test_core_counts_as_solid(labels):
    assert count_foci(labels // 4, 0.001) == 2
