"""Masks of two scans, compared where both see, wherever they lie."""

from __future__ import annotations

import numpy as np
import pytest

from raw_heads import motion
from zoo.scanner.brain_agreement import agreement, joined
from zoo.scanner.raw_scan import RawScan


def _block(shift=0, shape=(60, 50, 40)):
    voxels = np.zeros(shape, np.float32)
    voxels[20 + shift : 40 + shift, 10:40, 10:30] = 1
    return RawScan(voxels, np.diag([2.0, 2, 2, 1]))


def test_the_same_mask_agrees_in_full_wherever_its_scan_lies():
    there = motion((0, 0, 0), (9, -4, 7))
    block = _block()
    assert agreement(block, RawScan(block.voxels, there @ block.affine), there) == 1


@pytest.mark.parametrize("shift", [2, -5, 10])
def test_masks_aside_share_what_they_share(shift):
    assert agreement(_block(), _block(shift), np.eye(4)) == pytest.approx(1 - abs(shift) / 20)


def test_what_one_scan_does_not_show_says_nothing():
    block = _block()
    upper_half = RawScan(block.voxels[:, :, 20:], block.affine @ motion((0, 0, 0), (0, 0, 20)))
    assert agreement(block, upper_half, np.eye(4)) == 1


def test_nothing_agrees_with_nothing():
    nothing = RawScan(np.zeros((9, 9, 9), np.float32), np.eye(4))
    assert agreement(nothing, nothing, np.eye(4)) == 0


def test_two_masks_are_joined_on_the_first_s_grid_wherever_the_second_lies():
    there = motion((0, 0, 0), (9, -4, 7))
    block, other = _block(), _block(4)
    found = joined(block, RawScan(other.voxels, there @ other.affine), there)
    np.testing.assert_array_equal(found.voxels, np.maximum(block.voxels, other.voxels))
    np.testing.assert_array_equal(found.affine, block.affine)


def test_what_both_masks_leave_out_amid_a_brain_is_brain():
    whole, notched, hollow = _block(), _block(), _block()
    notched.voxels[20:30, 20, 20] = 0
    hollow.voxels[24:30, 20, 20] = 0
    np.testing.assert_array_equal(joined(notched, hollow, np.eye(4)).voxels, whole.voxels)
