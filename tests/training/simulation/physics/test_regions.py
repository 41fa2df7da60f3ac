from dataclasses import replace

import numpy as np
import pytest

from training.simulation.fields import Grid
from training.simulation.physics.regions import divide, islands
from training.simulation.physics.tumour import Lesion
from training.simulation.signs import draw_signs

GRID = Grid(3.0)
PLAIN = {"flair_mismatch": False, "haemorrhage": False, "calcification": False, "cyst": False}
RING = {"ring_thickness": 0.3, "ring_completeness": 1.0}


@pytest.fixture(scope="module")
def radius():
    return np.linalg.norm(GRID.points_mm(), axis=0)


@pytest.fixture(scope="module")
def ball(radius):
    """A round core of 18 mm radius in 26 mm of oedema."""
    return Lesion((radius < 26).astype(np.float32), (radius < 18).astype(np.float32))


def divided(ball, seed=1, **signs):
    drawn = replace(draw_signs(np.random.default_rng(0), "HGG"), core_ml=24.4, **PLAIN | RING | signs)
    return divide(np.random.default_rng(seed), ball, drawn, GRID)


@pytest.mark.parametrize("enhancement", ["ring", "patchy", "none"])
def test_regions_fill_the_lesion(ball, enhancement):
    share = 0.3 if enhancement == "patchy" else 0.0
    signs = {"enhancement": enhancement, "enhancing_share": share, "haemorrhage": True, "calcification": True}
    regions = divided(ball, **signs)
    np.testing.assert_allclose(sum(regions.fractions.values()), ball.whole, atol=1e-4)
    assert set(np.unique(regions.labels())) == ({0, 1, 2} if enhancement == "none" else {0, 1, 2, 4})


@pytest.mark.parametrize("thickness", [0.2, 0.5])
def test_necrosis_is_where_oxygen_is_far_and_as_large_as_the_ring_leaves_it(ball, radius, thickness):
    labels = divided(ball, enhancement="ring", ring_thickness=thickness).labels()
    core = ball.core > 0.5
    assert (labels[core] == 1).mean() == pytest.approx((1 - thickness) ** 3, abs=0.08)
    assert radius[labels == 4].mean() > radius[labels == 1].mean() + 3


def test_an_open_ring_is_open_on_one_side(ball):
    """What is left of the rim keeps its share, and its gap is in one piece of directions, not in spots."""
    closed = (divided(ball, enhancement="ring").labels() == 4).sum()
    open_ring = divided(ball, enhancement="ring", ring_completeness=0.7)
    assert (open_ring.labels() == 4).sum() / closed == pytest.approx(0.7, abs=0.15)
    gap = open_ring.fractions["solid_core"] > 0.5
    centre = np.abs(GRID.points_mm()[:, gap].mean(axis=1)).max()
    assert centre > 2.5


def test_patches_have_the_drawn_share_of_the_core(ball):
    labels = divided(ball, enhancement="patchy", enhancing_share=0.2).labels()
    assert (labels == 4).sum() / (ball.core > 0.5).sum() == pytest.approx(0.2, abs=0.06)


def test_mismatch_leaves_a_rim_of_ordinary_tumour(ball, radius):
    fractions = divided(ball, enhancement="none", flair_mismatch=True).fractions
    assert fractions["mismatch_core"][radius < 10].mean() > 0.95
    assert fractions["solid_core"][(radius > 16.5) & (radius < 18)].mean() > 0.7


@pytest.mark.parametrize(("sign", "tissue"), [("cyst", "necrosis"), ("haemorrhage", "haemorrhage")])
def test_a_sign_puts_its_tissue_into_the_core(ball, sign, tissue):
    assert tissue not in divided(ball, enhancement="none").fractions
    fraction = divided(ball, enhancement="none", **{sign: True}).fractions[tissue]
    assert (fraction > 0.5).any()
    assert fraction[ball.core < 0.5].max() < 0.5


def test_islands_are_few_and_round(ball):
    found = islands(np.random.default_rng(0), ball.core, 0.1, (4.0, 6.0), GRID)
    assert (found[ball.core > 0.5] > 0.5).mean() == pytest.approx(0.1, abs=0.03)
    moved = islands(np.random.default_rng(1), ball.core, 0.1, (4.0, 6.0), GRID)
    assert (found != moved).any()
