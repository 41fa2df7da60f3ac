"""What was found in a prepared study, back on the scanner's own grid."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from raw_heads import motion
from zoo.errors import StudyError
from zoo.scanner.carry_back import in_scanner_space
from zoo.study.resample import to_study_space
from zoo.types import ScannerGrid

MOVED = motion((20, -9, 14), (30, -12, 8))
SHAPE = (200, 220, 30)


def _scanner_grid(centre):
    """Affine of a sagittal, left-handed grid in whose middle lies a place of the scanner's world, float64 [4, 4]."""
    affine = motion((3, -80, 5), (0, 0, 0)) @ np.diag([0.9, -0.9, 5.0, 1.0])
    affine[:3, 3] = centre - affine[:3, :3] @ (np.array(SHAPE) - 1) / 2
    return affine


def test_a_prepared_study_stays_where_it_is(volumes):
    there, affine = in_scanner_space(volumes)
    assert there is volumes
    assert affine is volumes.affine


def test_a_series_that_is_not_there_is_told(volumes):
    lacking = replace(volumes, present=np.array([True, True, True, False]))
    with pytest.raises(StudyError, match="no FLAIR on whose grid to write; expected one of T1, T1ce, T2"):
        in_scanner_space(lacking, "flair")
    assert in_scanner_space(lacking, "t2")[0] is lacking


@pytest.mark.parametrize("series", [None, "t2"])
def test_places_are_those_of_the_scanner(volumes, series):
    """A map that tells how high each place is says so on the scanner's grid, of the places before the motion."""
    middle = volumes.affine @ [*(np.array(volumes.brain.shape) - 1) / 2, 1]
    scanner = _scanner_grid((MOVED @ middle)[:3])
    grids = {"t1": ScannerGrid((9, 9, 9), MOVED, MOVED), series or "t1ce": ScannerGrid(SHAPE, scanner, MOVED)}
    there, affine = in_scanner_space(replace(volumes, scanner=grids), series)
    np.testing.assert_array_equal(affine, scanner)
    assert there.brain.shape == SHAPE
    assert there.brain.any()
    indices = np.moveaxis(np.indices(volumes.brain.shape), 0, -1)
    heights = (indices @ volumes.affine[:3, :3].T + volumes.affine[:3, 3])[..., 2]
    found = to_study_space(heights[None], volumes.affine, there)[0][there.brain]
    scanned = np.argwhere(there.brain) @ scanner[:3, :3].T + scanner[:3, 3]
    back = np.linalg.inv(MOVED)
    np.testing.assert_allclose(found, (scanned @ back[:3, :3].T + back[:3, 3])[:, 2], atol=1e-2)
