import numpy as np

from training.simulation.physics.strip import skull_strip_mask


def masks(brain, grid, lesion):
    return [skull_strip_mask(np.random.default_rng(seed), brain, lesion, grid) for seed in range(20)]


def test_the_mask_follows_the_brain_but_not_exactly(brain, grid):
    inside = brain.depth_mm > 0
    for mask in masks(brain, grid, np.zeros(grid.shape)):
        overlap = 2 * (mask & inside).sum() / (mask.sum() + inside.sum())
        assert 0.85 < overlap < 1
        assert not mask[brain.depth_mm < -6].any()


def test_it_fits_badly_in_some_directions(brain, grid):
    """Somewhere deeper tissue is lost than is kept elsewhere."""
    above = grid.points_mm()[2] > -30
    lost_and_kept = [
        (brain.depth_mm[~mask & above].max(), brain.depth_mm[mask & above].min())
        for mask in masks(brain, grid, np.zeros(grid.shape))
    ]
    assert np.median([lost - kept for lost, kept in lost_and_kept]) > 1


def test_some_are_cut_off_below(brain, grid):
    lowest = [np.argwhere(mask)[:, 2].min() for mask in masks(brain, grid, np.zeros(grid.shape))]
    assert 0 < np.mean(np.array(lowest) > min(lowest) + 1) < 0.6


def test_a_lesion_at_the_surface_is_kept(brain, grid):
    lesion = ((brain.depth_mm > -2) & (brain.depth_mm < 6) & (grid.points_mm()[2] > 20)).astype(np.float32)
    assert all(mask[lesion > 0.3].all() for mask in masks(brain, grid, lesion))
