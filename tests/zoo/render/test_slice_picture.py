"""Which slice of a scan is drawn, which way round, and in which proportions."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from zoo.render.slice_picture import THUMBNAIL, as_seen, middle_slice

SHAPE = (40, 60, 12)


def _drawn(voxels, affine):
    return np.asarray(Image.open(io.BytesIO(middle_slice(voxels, affine))))[..., 0]


def _scan():
    """Bright where it is right, in front and in the middle of the slices."""
    voxels = np.zeros(SHAPE, np.float32)
    voxels[30:, 45:, 5:8] = 100
    return voxels


@pytest.mark.parametrize(
    ("spacing", "size"), [((1, 1, 5), (THUMBNAIL, THUMBNAIL * 40 / 60)), ((2, 1, 5), (THUMBNAIL * 60 / 80, THUMBNAIL))]
)
def test_a_slice_is_drawn_as_it_was_taken_in_its_proportions(spacing, size):
    drawn = _drawn(_scan(), np.diag([*spacing, 1.0]))
    assert drawn.shape == pytest.approx(size, abs=0.5)
    assert drawn[5, 5] > 200, "the patient's right on the left, the front on top"
    assert drawn[-5, 5] == drawn[5, -5] == 0


def test_the_axes_of_the_voxels_do_not_matter():
    affine = np.diag([1.0, 1, 5, 1])
    turned = affine[:, [2, 0, 1, 3]]
    np.testing.assert_array_equal(_drawn(_scan().transpose(2, 0, 1), turned), _drawn(_scan(), affine))


def test_a_sagittal_slice_has_the_front_on_the_left():
    voxels = np.zeros((9, 30, 30), np.float32)
    voxels[3:6, 22:, 22:] = 1
    drawn = _drawn(voxels, np.diag([6.0, 1, 1, 1]))
    assert drawn[5, 5] > 200
    assert drawn[5, -5] == 0


def test_colours_are_laid_as_they_are_looked_at():
    colours = np.zeros((3, 2, 3))
    colours[2, 1] = 255
    assert as_seen(colours)[0, 0].tolist() == [255, 255, 255]
