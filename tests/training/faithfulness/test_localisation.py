"""Shares counted by hand."""

from __future__ import annotations

import numpy as np

from training.faithfulness.localisation import localise

LESION = np.array([[[True, False, False, False]]])
SCORED = np.zeros((4, 1, 1, 4), bool)
SCORED[:2] = True
SCORED[:, ..., 3] = False


def _map(first, second):
    return np.array([[[first]], [[second]], [[[9.0] * 4]], [[[9.0] * 4]]])


def test_as_counted_by_hand():
    """Inside 4 and 2 over two voxels, outside 1, 1, 0, 1 over four; what isn't scored doesn't count."""
    found = localise(_map([-4, 1, 1, 50], [2, 0, -1, 50]), LESION, SCORED)
    assert found == {"ratio": 3 / 0.75, "share": 6 / 9, "hit": 1.0}


def test_the_largest_may_lie_outside():
    assert localise(_map([4, 1, -5, 0], [0, 0, 0, 0]), LESION, SCORED)["hit"] == 0


def test_all_of_it_inside_and_nothing_at_all():
    assert localise(_map([4, 0, 0, 0], [0, 0, 0, 0]), LESION, SCORED) == {"ratio": None, "share": 1.0, "hit": 1.0}
    assert localise(_map([0, 0, 0, 0], [0, 0, 0, 0]), LESION, SCORED) == {"ratio": None, "share": 0.0, "hit": 0.0}
