"""Any head fills the same box of the coarse grid, however large it is and whichever way its voxels run."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from zoo.plugins.quality.grid import EXTENT_MM, GRID, grid_affine, standardised, thinned, where_all_show
from zoo.study.brain import brain_extent

RIM = 2  # voxels of 4 mm


def extent_mm(mask):
    """Of a mask on the coarse grid, along x, y, z."""
    return np.ptp(np.argwhere(mask), axis=0)[::-1] * np.array(GRID.spacing[::-1])


def test_a_head_is_stretched_to_a_common_brains_extent(volumes):
    coarse = standardised(volumes)
    low, high = brain_extent(volumes, 0.02)
    np.testing.assert_allclose(coarse.extent_mm, high - low)
    np.testing.assert_allclose(extent_mm(coarse.brain), EXTENT_MM * np.array([132, 168, 120]) / (high - low), atol=9)
    centre = ndimage.center_of_mass(coarse.brain)
    np.testing.assert_allclose(centre, (np.array(GRID.shape) - 1) / 2, atol=0.5)


def test_left_is_left_and_up_is_up_whichever_way_voxels_run(volumes):
    """The lesion, at the right, front and top in the world, is brighter than all else."""
    turned = replace(volumes, data=volumes.data.transpose(0, 3, 1, 2), brain=volumes.brain.transpose(2, 0, 1))
    turned = replace(turned, affine=volumes.affine[:, [2, 0, 1, 3]])
    for study in (volumes, turned):
        flair = standardised(study).images[3]
        from_centre = np.subtract(ndimage.center_of_mass(flair > 380), (np.array(flair.shape) - 1) / 2)
        assert (from_centre > [1, 3, 5]).all()


def test_what_is_left_of_a_skull_stretches_nothing(volumes):
    data = volumes.data.copy()
    data[:, :3, 30:38, 20:30] = 100
    odd = replace(volumes, data=data, brain=(data != 0).any(axis=0))
    np.testing.assert_allclose(standardised(odd).extent_mm, standardised(volumes).extent_mm, atol=4)


def test_a_voxel_is_brain_where_most_of_it_is_and_the_interior_is_without_its_rim(volumes):
    coarse = standardised(volumes)
    litres = coarse.brain.sum() * 64e-6 * np.prod(coarse.extent_mm / EXTENT_MM)
    assert litres == pytest.approx(volumes.brain.sum() * 27e-6, rel=0.02)
    expected = ndimage.binary_erosion(coarse.brain, np.ones((2 * RIM + 1,) * 3), border_value=1)
    np.testing.assert_array_equal(coarse.interior, expected)


def test_the_interior_is_where_all_scans_that_are_there_show_something(volumes):
    coarse = standardised(volumes)
    images = coarse.images.copy()
    images[3, :20], images[0] = 0, 0
    shown = where_all_show(replace(coarse, images=images), np.array([False, True, True, True])).interior
    np.testing.assert_array_equal(shown[20 + RIM :], coarse.interior[20 + RIM :])
    assert not shown[: 20 + RIM].any()
    assert shown.any()


@pytest.mark.parametrize(("spacing", "step"), [((1, 1, 1), 2), ((0.6, 0.6, 5), 3), ((2, 2, 2), 1), ((3, 1.5, 3), 1)])
def test_a_fine_study_is_thinned_and_keeps_its_place(volumes, spacing, step):
    fine = replace(volumes, affine=volumes.affine @ np.diag([*np.array(spacing) / 3, 1]))
    thin = thinned(fine)
    np.testing.assert_array_equal(thin.data, fine.data[:, ::step, ::step, ::step])
    np.testing.assert_array_equal(thin.brain, fine.brain[::step, ::step, ::step])
    np.testing.assert_allclose(thin.affine @ [1, 2, 3, 1], fine.affine @ [step, 2 * step, 3 * step, 1])


def test_the_grids_middle_is_at_the_centre_asked_for():
    affine = grid_affine(np.array([10.0, -20, 30]), np.array([1, 2, 0.5]))
    middle = [*(np.array(GRID.shape) - 1) / 2, 1]
    np.testing.assert_allclose(affine @ middle, [10, -20, 30, 1])
    np.testing.assert_allclose(affine @ np.add(middle, [1, 1, 1, 0]), [14, -12, 32, 1])
