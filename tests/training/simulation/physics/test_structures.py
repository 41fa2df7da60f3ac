import numpy as np
import pytest

from training.simulation.physics.structures import tissue_fractions, vessels


@pytest.fixture(scope="module")
def fractions(brain, grid):
    nothing = np.zeros(grid.shape, np.float32)
    return tissue_fractions(np.random.default_rng(0), brain, {"oedema": nothing}, grid)


def test_fractions_sum_to_one(fractions):
    np.testing.assert_allclose(sum(fractions.values()), 1, atol=1e-4)
    assert all(fraction.min() >= -1e-6 for fraction in fractions.values())


def test_every_structure_is_where_it_belongs(fractions, brain):
    def depth(name):
        return np.average(brain.depth_mm, weights=fractions[name])

    assert depth("skull") < -10
    assert -4 < depth("dura") < 6
    assert depth("choroid") > 25
    assert brain.white[fractions["white_lesion"] > 0.2].min(initial=1) > 0.2


def test_vessels_lie_near_the_surface_and_fill_a_plausible_volume(brain, grid):
    filled = [vessels(np.random.default_rng(seed), brain, grid) for seed in range(4)]
    assert all(2 < tubes.sum() * grid.voxel_ml < 40 for tubes in filled)
    at_surface = (brain.depth_mm > -4) & (brain.depth_mm < 8)
    assert all(tubes[at_surface].sum() > 0.75 * tubes.sum() for tubes in filled)
    assert (filled[0] != filled[1]).any()


def test_the_lesion_comes_first(brain, grid):
    lesion = (brain.depth_mm > 20).astype(np.float32)
    found = tissue_fractions(np.random.default_rng(0), brain, {"oedema": lesion}, grid)
    np.testing.assert_array_equal(found["oedema"], lesion)
    assert found["white"][lesion > 0].max() == 0
