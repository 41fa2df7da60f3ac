import numpy as np
import pytest

from training.simulation.fields import Grid
from training.simulation.physics.coils import LOOP_MM, draw_shading, loop_field


def test_a_loop_hears_as_biot_and_savart_said():
    """1 / 2^(3/2) at a distance of its radius."""
    points = np.zeros((3, 2, 1, 1))
    points[0, 1] = LOOP_MM
    np.testing.assert_allclose(loop_field(points, np.zeros(3)).ravel(), [1, 2**-1.5])


def test_shading_is_smooth_moderate_and_its_own_in_every_session(brain, grid):
    drawn = [draw_shading(np.random.default_rng(seed), 3.0, grid)[brain.depth_mm > 3] for seed in range(10)]
    for shading in drawn:
        assert shading.mean() == pytest.approx(1, abs=0.2)
        assert 0.01 < shading.std() < 0.3
    assert np.corrcoef(drawn)[0, 1:].min() < 0.9


def test_the_middle_is_brighter_at_3_tesla():
    low, high = (draw_shading(np.random.default_rng(0), tesla, Grid(2.0)) for tesla in (1.5, 3.0))
    middle, edge = (42, 52, 39), (42, 2, 39)
    assert high[middle] / high[edge] > 1.05 * low[middle] / low[edge]
