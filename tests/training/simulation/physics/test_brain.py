from dataclasses import replace

import numpy as np
import pytest

from training.simulation.fields import Grid
from training.simulation.physics.brain import build_brain


def test_fractions_sum_to_one_and_outside_is_fluid(brain):
    np.testing.assert_allclose(brain.grey + brain.white + brain.csf, 1, atol=1e-5)
    assert brain.csf[brain.depth_mm < -8].min() > 0.9


def test_the_brain_is_of_plausible_size_and_mixture(brain, grid):
    inside = brain.depth_mm > 0
    assert 1000 < inside.sum() * grid.voxel_ml < 2000
    assert brain.white[inside].mean() == pytest.approx(0.38, abs=0.12)
    assert brain.grey[inside].mean() == pytest.approx(0.45, abs=0.12)


def test_more_fluid_leaves_less_of_all_else(head, brain, grid):
    old = build_brain(replace(head, fluid=head.fluid + 1.0), grid)
    inside = brain.depth_mm > 0
    assert old.csf[inside].mean() > 1.2 * brain.csf[inside].mean()
    assert (old.grey <= brain.grey + 1e-6).all()


def test_more_contrast_makes_tissue_purer(head, grid):
    pure, mixed = (build_brain(replace(head, contrast=contrast), grid) for contrast in (9.0, 5.0))
    assert (pure.white > 0.9).sum() > 1.2 * (mixed.white > 0.9).sum()


def test_another_spacing_gives_the_same_brain(head, brain):
    fine = build_brain(head, Grid(2.0)).white.reshape(42, 2, 52, 2, 39, 2).mean(axis=(1, 3, 5))
    assert np.corrcoef(fine.ravel(), brain.white.ravel())[0, 1] > 0.95
