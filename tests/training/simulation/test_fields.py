import numpy as np
import pytest

from training.simulation.fields import (
    BOX_SIZE_MM,
    COARSE,
    Grid,
    blur,
    field_in_box,
    interpolate,
    sample,
    smooth_field,
    upsample,
)


def rng():
    return np.random.default_rng(0)


def test_a_field_is_standardised_and_smooth_over_its_length():
    field = smooth_field(rng(), Grid(2.0), 20)
    assert field.dtype == np.float32
    assert abs(field.mean()) < 0.1
    assert 0.7 < field.std() < 1.1
    near, far = (np.corrcoef(field[:-n].ravel(), field[n:].ravel())[0, 1] for n in (2, 30))
    assert near > 0.9
    assert abs(far) < 0.2


def test_a_field_is_the_same_at_every_spacing():
    fine = smooth_field(rng(), Grid(2.0), 30)
    blocks = fine.reshape(42, 2, 52, 2, 39, 2).mean(axis=(1, 3, 5))
    assert np.abs(blocks - smooth_field(rng(), COARSE, 30)).mean() < 0.05


def test_a_field_in_another_box_is_smooth_over_the_same_length():
    grid = Grid(2.0)
    np.testing.assert_array_equal(field_in_box(rng(), BOX_SIZE_MM, grid.shape, 20), smooth_field(rng(), grid, 20))
    wide = field_in_box(rng(), 2 * BOX_SIZE_MM, grid.shape, 20)
    near = [np.corrcoef(field[:-2].ravel(), field[2:].ravel())[0, 1] for field in (wide, smooth_field(rng(), grid, 20))]
    assert near[0] < near[1]


def test_upsampling_keeps_world_coordinates():
    """A volume that holds its own world coordinates still does on the finer grid, within the border."""
    fine = upsample(COARSE.points_mm(), Grid(2.0))
    inside = (slice(None), *(slice(2, -2),) * 3)
    np.testing.assert_allclose(fine[inside], Grid(2.0).points_mm()[inside], atol=1e-3)


@pytest.mark.parametrize("axis", [0, 1, 2, -1])
def test_interpolation_is_linear_and_repeats_the_border(axis):
    volume = np.moveaxis(np.arange(60, dtype=np.float32).reshape(5, 4, 3) ** 2, 0, axis)
    read = np.moveaxis(interpolate(volume, np.array([-2.0, 1.25, 4.0, 9.0]), axis), axis, 0)
    source = np.moveaxis(volume, axis, 0)
    np.testing.assert_allclose(read, [source[0], 0.75 * source[1] + 0.25 * source[2], source[4], source[4]])


def test_sampling_interpolates_and_repeats_the_border():
    volume = np.arange(8, dtype=np.float32).reshape(1, 2, 2, 2)
    index = np.array([[0.5, 9.0], [0.0, 9.0], [0.0, 9.0]], np.float32).reshape(3, 2, 1, 1)
    np.testing.assert_allclose(sample(volume, index).ravel(), [2.0, 7.0])


def test_a_blur_below_a_third_of_a_voxel_changes_nothing():
    volume = rng().standard_normal(Grid(4.0).shape)
    assert blur(volume, 1.0, Grid(4.0)) is volume
    assert blur(volume, 4.0, Grid(4.0)).std() < 0.5
