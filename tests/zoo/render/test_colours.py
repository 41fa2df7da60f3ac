"""A few voxels must not decide how a whole map is drawn."""

from __future__ import annotations

import numpy as np
import pytest

from zoo.render.colours import full_colour


def test_a_peak_of_a_few_voxels_makes_nothing_else_faint():
    values = np.zeros((4, 20, 20, 20))
    values[1, :10] = np.linspace(-1, 1, 4000).reshape(10, 20, 20)
    plain = full_colour(values)
    values[1, 5, 5, 5] = 50
    assert plain == pytest.approx(0.998, abs=0.002)
    assert full_colour(values) == pytest.approx(plain, abs=0.01)


def test_a_map_of_nothing_and_of_one_value():
    assert full_colour(np.zeros((4, 2, 2, 2))) == 1
    assert full_colour(np.array([0, 0, -3.0])) == 3
