"""A head that was cut, or is none by its size, is told by where and by how much."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from odd_studies import cut_box, simulated, slices_too_close
from zoo import Volumes
from zoo.plugins.quality.field_of_view import check_cuts, check_extent, check_height
from zoo.plugins.quality.grid import Coarse, standardised
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


def of_extent(*extent_mm):
    nothing = np.zeros((2, 2, 2), bool)
    return Coarse(np.zeros((4, 2, 2, 2), np.float32), nothing, nothing, np.array(extent_mm, float))


@pytest.mark.parametrize(
    ("extent_mm", "small"),
    [
        ((64, 90, 62), "64 mm wide"),
        ((70, 84, 62), "84 mm long"),
        ((70, 90, 59), "59 mm high"),
        ((64, 84, 62), "64 mm wide and 84 mm long"),
        ((66, 86, 61), ""),
    ],
)
def test_each_axis_has_its_least_extent(extent_mm, small):
    found = check_extent(of_extent(*extent_mm))
    assert [finding.severity for finding in found] == ["refusal"] * bool(small)
    assert not small or f"60 mm high; found one of {small}. " in found[0].message


@pytest.mark.parametrize(("height", "doubted"), [(94, True), (98, False)])
def test_height_is_compared_with_length(height, doubted):
    found = check_height(of_extent(300, 160, height))
    assert bool(found) == doubted
    assert not doubted or "94 mm high and 160 mm long" in found[0].message


@pytest.mark.parametrize("thickness", [1, 5])
@pytest.mark.parametrize(
    ("side", "axis", "end", "whole_cm2"),
    [
        ("left", 0, 0, 15),
        ("right", 0, -1, 15),
        ("back", 1, 0, 15),
        ("front", 1, -1, 15),
        ("bottom", 2, 0, 40),
        ("top", 2, -1, 15),
    ],
)
def test_a_face_may_be_as_large_as_a_cap_and_below_as_a_brain_stem(side, axis, end, whole_cm2, thickness):
    """In slices of a thickness; other faces are touched by a voxel."""
    for area_cm2, cut in ((0.95, False), (1.05, True)):
        brain = np.zeros((90, 90, 90), bool)
        brain[45, 45], brain[45, :, 45], brain[:, 45, 45] = True, True, True
        face = np.zeros((90, 90), bool)
        face.flat[: round(100 * area_cm2 * (whole_cm2 + 6 * thickness))] = True
        np.moveaxis(brain, axis, 0)[end] = face
        affine = np.eye(4)
        affine[axis, axis] = thickness
        found = check_cuts(Volumes("face", np.zeros((4, 90, 90, 90), np.float32), np.ones(4, bool), affine, brain))
        assert [finding.message.split(" (")[0] for finding in found] == [
            f"The brain is cut off flat at its {side}"
        ] * cut
