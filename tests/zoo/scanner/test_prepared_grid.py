"""Where the grid lies, and what is sampled on it."""

from __future__ import annotations

import numpy as np

from raw_heads import motion
from zoo.scanner.prepared_grid import SHAPE, affine_around, carried, mask_in, planes_of
from zoo.scanner.raw_scan import RawScan

TURNED = motion((0, 0, 90), (50, -20, 8))
"""From the upright world to that of the scan."""


def _block():
    voxels = np.zeros((40, 30, 20), np.float32)
    voxels[10:20, 10:26, 4:10] = 1
    return RawScan(voxels, np.diag([2.0, 2, 2, 1]))


def test_the_brain_is_in_the_middle_wherever_it_was():
    inside = mask_in(_block(), TURNED, affine_around(_block(), TURNED))
    assert inside.shape == SHAPE
    ends = np.argwhere(inside)
    np.testing.assert_allclose((ends.min(axis=0) + ends.max(axis=0)) / 2, (np.array(SHAPE) - 1) / 2, atol=1)
    np.testing.assert_allclose(np.ptp(ends, axis=0) + 1, [32, 20, 12], atol=1, err_msg="turned by a quarter")


def test_planes_are_those_of_the_grid():
    block = _block()
    scan = RawScan(block.voxels * np.indices(block.voxels.shape).sum(axis=0), block.affine)
    affine = affine_around(block, TURNED)
    view = planes_of({"t1": scan}, {"t1": TURNED}, block)
    for axis, (plane, mask) in enumerate(zip(view.scans["t1"], view.brain, strict=True)):
        middle = SHAPE[axis] // 2
        np.testing.assert_allclose(plane, carried(scan, TURNED, affine).take(middle, axis), atol=1e-3)
        np.testing.assert_array_equal(mask, mask_in(block, TURNED, affine).take(middle, axis))


def test_only_what_is_to_be_seen_is_sampled():
    scans = {"t1": _block(), "t2": _block(), "flair": _block()}
    assert list(planes_of(scans, {"t2": TURNED, "t1": TURNED}, _block()).scans) == ["t2", "t1"]
