"""Study space to model space and back, whatever the grid of the scans."""

from __future__ import annotations

import numpy as np
import pytest

from tests_support import LESION_MM, SHAPE, brain_affine, make_volumes
from zoo import Recipe, StudyError, Volumes
from zoo.study.prepare import prepare, white_matter_levels
from zoo.study.resample import resample, to_study_space

RECIPE = Recipe()


def _grid(matrix, shape):
    """An affine of this 3×3 part whose grid is centred on the world's origin."""
    affine = np.eye(4)
    affine[:3, :3] = matrix
    affine[:3, 3] = -affine[:3, :3] @ ((np.array(shape) - 1) / 2)
    return affine, shape


def _rotation(degrees):
    angle = np.deg2rad(degrees)
    around_z = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    around_x = np.array([[1, 0, 0], [0, np.cos(angle), -np.sin(angle)], [0, np.sin(angle), np.cos(angle)]])
    return around_z @ around_x


GRIDS = {
    "RAS": _grid(np.diag([3.0, 3, 3]), SHAPE),
    "LPS": _grid(np.diag([-3.0, -3, 3]), SHAPE),
    "anisotropic": _grid(np.diag([2.0, 2.0, 5.0]), (84, 102, 30)),
    "sagittal": _grid(np.array([[0, 0, 3.0], [-3, 0, 0], [0, -3, 0]]), (68, 50, 56)),
    "oblique": _grid(_rotation(20) * 2.5, (80, 90, 70)),
}


@pytest.mark.parametrize(("affine", "shape"), GRIDS.values(), ids=GRIDS.keys())
def test_a_marked_place_finds_its_way_back(affine, shape):
    volumes = make_volumes(affine, shape)
    model_input = prepare(volumes, RECIPE)
    blob = np.exp(-(_distance_mm(model_input.affine, RECIPE.shape) ** 2) / (2 * 7.0**2))
    back = to_study_space(np.stack([blob * 0, blob, blob * 0, blob * 0]), model_input.affine, volumes)
    assert back.shape == (4, *shape)
    assert not back[0].any()
    expected = np.exp(-(_distance_mm(affine, shape) ** 2) / (2 * 7.0**2))
    assert np.abs(back[1] - expected).max() < 0.09
    assert np.abs(_centroid_mm(back[1], affine) - LESION_MM).max() < 0.1


def _world(affine, shape):
    voxels = np.stack(np.meshgrid(*map(np.arange, shape), indexing="ij"), -1)
    return voxels @ affine[:3, :3].T + affine[:3, 3]


def _distance_mm(affine, shape):
    return np.linalg.norm(_world(affine, shape) - LESION_MM, axis=-1)


def _centroid_mm(values, affine):
    return (_world(affine, values.shape) * values[..., None]).sum((0, 1, 2)) / values.sum()


@pytest.mark.parametrize(("affine", "shape"), GRIDS.values(), ids=GRIDS.keys())
def test_the_same_head_gives_the_same_input_on_any_grid(affine, shape):
    reference = prepare(make_volumes(brain_affine()), RECIPE)
    other = prepare(make_volumes(affine, shape), RECIPE)
    centre = (slice(None), slice(None), slice(8, 32), slice(15, 80), slice(15, 65))
    assert np.abs(other.x[centre] - reference.x[centre]).mean() < 0.05
    np.testing.assert_allclose(other.affine, reference.affine, atol=2.5)


def test_axes_of_the_model_grid(volumes):
    """d runs to superior, h to anterior, w to the right: the lesion lies beyond the middle in all three."""
    x = prepare(volumes, RECIPE).x[0, 3]
    d, h, w = np.argwhere(x > 0.5).mean(axis=0)
    assert d == pytest.approx(19.5 + 10 / 4, abs=0.5)
    assert h == pytest.approx(47.5 + 20 / 2, abs=0.7)
    assert w == pytest.approx(39.5 + 30 / 2, abs=0.7)


def test_resampling_puts_every_voxel_where_it_belongs():
    """A ramp along each world axis comes out as the world position of the model's own voxels."""
    affine, shape = GRIDS["oblique"]
    model_affine = prepare(make_volumes(affine, shape), RECIPE).affine
    ramps = np.moveaxis(_world(affine, shape), -1, 0)
    expected = np.moveaxis(_world(model_affine, RECIPE.shape), -1, 0)
    inside = (slice(None), slice(12, 28), slice(30, 66), slice(25, 55))
    np.testing.assert_allclose(resample(ramps, affine, model_affine, RECIPE)[inside], expected[inside], atol=0.01)


def test_white_matter_is_zero_background_minus_one_absent_zero():
    volumes = make_volumes(brain_affine(), modalities=("t1", "t2"))
    x = prepare(volumes, RECIPE).x[0]
    assert np.abs(np.median(x[0][x[0] > -0.5])) < 0.1
    assert x[0, 0, 0, 0] == -1
    assert not x[1].any()


def test_levels_are_read_in_the_same_voxels_for_every_modality(volumes):
    brighter = Volumes(
        "b", volumes.data * [[[[1]]], [[[2]]], [[[3]]], [[[4]]]], volumes.present, volumes.affine, volumes.brain
    )
    np.testing.assert_allclose(white_matter_levels(brighter), white_matter_levels(volumes) * [1, 2, 3, 4], rtol=1e-5)
    np.testing.assert_allclose(prepare(brighter, RECIPE).x, prepare(volumes, RECIPE).x, atol=1e-4)


def test_thin_slices_are_averaged_not_skipped():
    """A model voxel holds the mean over its 4 mm: a stack that alternates every 3 mm comes out nearly flat."""
    volumes = make_volumes(brain_affine())
    volumes.data[:, :, :, ::2] *= 1.3
    column = prepare(volumes, RECIPE).x[0, 0, 14:26, 48, 40]
    assert np.ptp(column) < 0.25


def test_standardised_intensities_are_refused(volumes):
    standardised = Volumes("z", volumes.data - 400 * volumes.brain, volumes.present, volumes.affine, volumes.brain)
    with pytest.raises(StudyError, match="standardised"):
        prepare(standardised, RECIPE)


def test_no_brain_is_refused(volumes):
    with pytest.raises(StudyError, match="expected a brain"):
        prepare(Volumes("e", volumes.data * 0, volumes.present, volumes.affine, volumes.brain & False), RECIPE)
