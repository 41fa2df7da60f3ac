from dataclasses import replace

import numpy as np
import pytest

from training.simulation.fields import Grid
from training.simulation.growth import Lesion
from training.simulation.regions import divide
from training.simulation.signs import draw_signs

GRID = Grid(3.0)
PLAIN = {"flair_mismatch": False, "haemorrhage": False, "calcification": False, "cyst": False}
RING = {"ring_thickness": 0.3, "ring_completeness": 0.9}


@pytest.fixture(scope="module")
def ball():
    """A round core of 18 mm radius in 26 mm of oedema."""
    radius = np.linalg.norm(GRID.points_mm(), axis=0)
    return Lesion((radius < 26).astype(np.float32), (radius < 18).astype(np.float32), (18 - radius).astype(np.float32))


def divided(ball, **signs):
    drawn = replace(draw_signs(np.random.default_rng(0), "HGG"), core_ml=24.4, **PLAIN | RING | signs)
    return divide(np.random.default_rng(1), ball, drawn, GRID)


@pytest.mark.parametrize("enhancement", ["ring", "patchy", "none"])
def test_regions_fill_the_lesion(ball, enhancement):
    regions = divided(ball, enhancement=enhancement, haemorrhage=True, calcification=True)
    np.testing.assert_allclose(sum(regions.fractions.values()), ball.whole, atol=1e-4)
    assert set(np.unique(regions.labels())) == ({0, 1, 2} if enhancement == "none" else {0, 1, 2, 4})


def test_a_ring_surrounds_necrosis(ball):
    labels = divided(ball, enhancement="ring", ring_thickness=0.3, ring_completeness=1.0).labels()
    depth = ball.core_depth
    assert depth[labels == 4].mean() < depth[labels == 1].mean() - 3


def test_patches_have_the_drawn_share_of_the_core(ball):
    labels = divided(ball, enhancement="patchy", enhancing_share=0.2).labels()
    assert (labels == 4).sum() / (ball.core > 0.5).sum() == pytest.approx(0.2, abs=0.06)


def test_mismatch_leaves_a_rim_of_ordinary_tumour(ball):
    fractions = divided(ball, enhancement="none", flair_mismatch=True).fractions
    assert fractions["mismatch_core"][ball.core_depth > 8].mean() > 0.95
    assert fractions["solid_core"][(ball.core_depth > 0) & (ball.core_depth < 1)].mean() > 0.7
