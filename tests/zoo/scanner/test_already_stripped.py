"""A scan is stripped where no more is there than brain, whatever fills its background."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from tests_support import SPACING_MM, brain_affine, brain_image
from zoo.scanner.already_stripped import already_stripped, foreground

BRAIN = brain_image("t1", brain_affine())


def around(inner: float, outer: float) -> np.ndarray:
    """A shell around the brain, from so many mm to so many."""
    distance = ndimage.distance_transform_edt(BRAIN == 0, sampling=SPACING_MM)
    return (distance > inner) & (distance <= outer)


@pytest.mark.parametrize("mm", [0, 3, 5])
def test_a_brain_is_stripped_even_with_a_rim(mm):
    scan = np.where(around(0, mm), 60, BRAIN).astype(np.float32)
    assert already_stripped(foreground(scan), BRAIN > 0)


def test_a_brain_that_was_cut_closer_than_the_mask_is_stripped():
    assert already_stripped(ndimage.binary_erosion(BRAIN > 0), BRAIN > 0)


@pytest.mark.parametrize("noise", [0, 4])
def test_a_head_is_not_even_if_dark_bone_is_background(noise):
    scan = np.where(around(7, 14), 350, BRAIN)
    scan += np.random.default_rng(0).normal(0, noise, scan.shape)
    assert not already_stripped(foreground(scan.astype(np.float32)), BRAIN > 0)


def test_the_upper_part_of_a_head_is_not():
    scan = np.where(around(0, 12), 350, BRAIN).astype(np.float32)[:, :, 25:]
    assert not already_stripped(foreground(scan), BRAIN[:, :, 25:] > 0)


def test_nothing_found_of_what_is_there_is_not():
    assert not already_stripped(BRAIN > 0, np.zeros(BRAIN.shape, bool))


@pytest.mark.parametrize("scaled", [lambda scan: scan / 500 + 0.02, lambda scan: (scan - scan.mean()) / scan.std()])
def test_the_background_need_not_be_0(scaled):
    scan = scaled(BRAIN).astype(np.float32)
    before = scan.copy()
    np.testing.assert_array_equal(foreground(scan), BRAIN > 0)
    np.testing.assert_array_equal(scan, before)


def test_the_background_may_be_no_number():
    scan = np.where(BRAIN > 0, BRAIN, np.nan).astype(np.float32)
    np.testing.assert_array_equal(foreground(scan), BRAIN > 0)
