"""A head that was cut, or is none by its size, is told by where and by how much."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from odd_studies import cut_box, simulated, slices_too_close
from zoo.plugins.quality.field_of_view import check_cuts, check_extent, check_height
from zoo.plugins.quality.grid import standardised
from zoo.study.brain import cropped

WHOLE_MM = 400


def test_a_whole_brain_passes():
    study = simulated(1)
    assert check_extent(standardised(study)) == []
    assert check_cuts(cropped(study)) == []
    assert check_height(standardised(study)) == []


@pytest.mark.parametrize(
    ("box_mm", "sides"),
    [
        ((100, WHOLE_MM, WHOLE_MM), {"left", "right"}),
        ((WHOLE_MM, 128, WHOLE_MM), {"back", "front"}),
        ((WHOLE_MM, WHOLE_MM, 80), {"bottom", "top"}),
    ],
)
def test_cut_sides_are_named_though_zeros_were_filled_in(box_mm, sides):
    (finding,) = check_cuts(cropped(cut_box(*box_mm)(simulated(1))))
    assert finding.severity == "warning"
    assert {
        side for side in ("left", "right", "back", "front", "bottom", "top") if f"{side} (" in finding.message
    } == sides


def test_sides_are_the_heads_whichever_way_the_voxels_run():
    study = simulated(1)
    behind = study.data.copy()
    behind[:, :, : np.flatnonzero(study.brain.any(axis=(0, 2)))[0] + 15] = 0
    cut = replace(study, data=behind, brain=(behind != 0).any(axis=0))
    reversed_rows = study.affine @ np.diag([1, -1, 1, 1])
    reversed_rows[1, 3] += study.affine[1, 1] * (study.brain.shape[1] - 1)
    turned = replace(cut, data=cut.data[:, :, ::-1], brain=cut.brain[:, ::-1], affine=reversed_rows)
    for volumes in (cut, turned):
        (finding,) = check_cuts(cropped(volumes))
        assert "cut off flat at its back (" in finding.message


def test_a_slab_that_claims_thin_slices_is_refused():
    """Whose volume is a brain's, with its skull."""
    (finding,) = check_extent(standardised(slices_too_close(simulated(1))))
    assert finding.severity == "refusal"
    assert "60 mm high; found one of" in finding.message
    assert "spacing of slices" in finding.message


def test_a_brain_too_flat_is_doubted():
    """Slices of 1.5 mm that claim to be 1 mm apart."""
    study = simulated(1)
    (finding,) = check_height(standardised(replace(study, affine=study.affine @ np.diag([1, 1, 2 / 3, 1]))))
    assert finding.severity == "warning"
    assert "mm high and" in finding.message
