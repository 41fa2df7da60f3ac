import numpy as np
import pytest

from training.simulation.fields import COARSE, smooth_field
from training.simulation.physics.brain import Head, build_brain
from training.simulation.physics.deformation import (
    VENTRICLE_DEPTH_MM,
    at_mm,
    draw_deformation,
    exponential,
    towards_ventricles,
)


def test_a_constant_velocity_moves_by_itself():
    velocity = np.full((3, *COARSE.shape), 2.0, np.float32)
    np.testing.assert_allclose(exponential(velocity), velocity, atol=1e-4)


def test_there_and_back_is_where_it_began():
    """The flow of −v inverts that of v."""
    rng = np.random.default_rng(0)
    velocity = 3 * np.stack([smooth_field(rng, COARSE, 60) for _ in range(3)])
    there, back = exponential(velocity), exponential(-velocity)
    returned = there + at_mm(back, COARSE.points_mm() + there)
    inner = (slice(None), *(slice(5, -5),) * 3)
    assert np.abs(there[inner]).max() > 3
    assert np.abs(returned[inner]).max() < 0.4


@pytest.mark.parametrize("seed", range(4))
def test_nothing_folds(seed):
    """The Jacobian determinant keeps its sign: one for each left–right flip."""
    points = draw_deformation(np.random.default_rng(seed))
    jacobian = np.stack(np.gradient(points, COARSE.spacing_mm, axis=(1, 2, 3)), axis=1)
    determinant = np.linalg.det(np.moveaxis(jacobian, (0, 1), (-2, -1)))
    assert np.abs(np.sign(determinant).sum()) == determinant.size


def test_both_sides_and_several_sizes_are_drawn():
    turned = [draw_deformation(np.random.default_rng(seed)) for seed in range(12)]
    assert len({bool(points[0, -1, 26, 20] > points[0, 0, 26, 20]) for points in turned}) == 2
    assert np.std([np.ptp(points[1]) for points in turned]) > 2


def test_reading_from_nearer_to_the_ventricles_widens_them():
    def ventricle_ml(towards_mm):
        points = COARSE.points_mm() + exponential((towards_mm * towards_ventricles()).astype(np.float32))
        brain = build_brain(Head(points.astype(np.float32), 7.0, 0.0), COARSE)
        return (brain.csf * (brain.depth_mm > VENTRICLE_DEPTH_MM)).sum() * COARSE.voxel_ml

    narrow, usual, wide = (ventricle_ml(mm) for mm in (-2.0, 0.0, 6.0))
    assert narrow < 0.95 * usual
    assert wide > 1.2 * usual
