from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from training.simulation.raw import ScanPlan, draw_plan
from training.simulation.raw.series import MIRRORED, ORIENTATIONS, UPSIDE_DOWN, draw_rigid, rigid, scan_head

COARSE = ScanPlan(spacing_mm=(3.0, 3.0, 3.0))
THICK = ScanPlan(spacing_mm=(3.0, 3.0, 9.0))


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def coarse(plan):
    """A drawn plan, quicker."""
    return replace(plan, spacing_mm=tuple(3.0 * n for n in (1, 1, 2 if plan.spacing_mm[2] > 1 else 1)))


def angle_degrees(matrix):
    return np.degrees(np.arccos(np.clip((np.trace(matrix[:3, :3]) - 1) / 2, -1, 1)))


def centre_in_head(scan, part):
    at = scan.affine @ np.append(ndimage.center_of_mass(part), 1)
    return (scan.to_head @ at)[:3]


def test_of_a_head_that_did_not_move_a_grid_like_its_own_takes_the_very_voxels(head):
    scan = scan_head(head, 2, COARSE)
    assert scan.voxels.dtype == np.float32
    np.testing.assert_allclose(scan.voxels[scan.mask], head.images[2][head.mask], rtol=1e-5)
    np.testing.assert_array_equal(scan.labels[scan.mask], head.labels[head.mask])
    np.testing.assert_allclose(scan.to_head, np.eye(4), atol=1e-9)
    assert scan.labels.dtype == np.uint8


def test_a_thick_slice_is_the_mean_of_what_it_holds(head):
    thick, thin = scan_head(head, 0, THICK), scan_head(head, 0, COARSE)
    start = round((thick.affine[2, 3] - 3 - thin.affine[2, 3]) / 3)
    expected = thin.voxels[:, :, start : start + 30].reshape(*thin.voxels.shape[:2], 10, 3).mean(axis=3)
    shift = np.round((thick.affine[:2, 3] - thin.affine[:2, 3]) / 3).astype(int)
    assert not shift.any()
    np.testing.assert_allclose(thick.voxels[:, :, :10], expected, rtol=1e-4)


@pytest.mark.parametrize("flipped", [(), MIRRORED, UPSIDE_DOWN])
def test_truth_leads_every_scan_back_to_the_head(head, rng, flipped):
    parts = head.mask, head.labels > 0
    centres = [(head.affine @ np.append(ndimage.center_of_mass(part), 1))[:3] for part in parts]
    away = []
    for _ in range(6):
        plan = coarse(draw_plan(rng, head.centre_mm))
        scan = scan_head(head, 1, replace(plan, flipped=flipped))
        found = [centre_in_head(scan, part) for part in (scan.mask, scan.labels > 0)]
        away.append(np.linalg.norm(np.subtract(found, centres), axis=1))
        assert np.linalg.det(scan.to_head) == pytest.approx(-1 if flipped == MIRRORED else 1)
    assert np.median(away, axis=0).max() < 0.6
    assert np.max(away) < 2.0  # a voxel of a mask is the nearest, up to half of 3 mm away


@pytest.mark.parametrize(("flipped", "reflects"), [(MIRRORED, True), (UPSIDE_DOWN, False)])
def test_flipped_voxels_keep_their_header(head, flipped, reflects):
    for name in ORIENTATIONS:
        plan = replace(THICK, directions=ORIENTATIONS[name] * (1, -1, 1))
        right, wrong = (scan_head(head, 0, replace(plan, flipped=flip)) for flip in ((), flipped))
        np.testing.assert_array_equal(wrong.affine, right.affine)
        axes = [int(np.abs(plan.directions[way]).argmax()) for way in flipped]
        for shown, true in ((wrong.voxels, right.voxels), (wrong.mask, right.mask), (wrong.labels, right.labels)):
            np.testing.assert_array_equal(shown, np.flip(true, axes))
        lesion = right.affine @ np.append(ndimage.center_of_mass(wrong.labels), 1)
        assert (lesion[0] < 0) == reflects  # it is on the right
    assert np.linalg.det(wrong.to_head) == pytest.approx(-1 if reflects else 1)
    assert reflects or angle_degrees(wrong.to_head) == pytest.approx(180, abs=1e-3)


def test_a_wrong_header_moves_what_is_said_and_nothing_else(head, rng):
    error = draw_rigid(rng, head.centre_mm, 9.0, 3.0)
    right, wrong = scan_head(head, 3, THICK), scan_head(head, 3, replace(THICK, header_error=error))
    np.testing.assert_array_equal(right.voxels, wrong.voxels)
    np.testing.assert_allclose(wrong.affine, error @ right.affine)
    np.testing.assert_allclose(wrong.to_head @ error, right.to_head, atol=1e-9)


def test_every_scan_holds_the_whole_brain_and_some_of_the_neck(head, rng):
    volume = head.mask.sum() * 27.0
    kinds = set()
    for _ in range(12):
        drawn = draw_plan(rng, head.centre_mm)
        scan = scan_head(head, 0, coarse(drawn))
        assert scan.mask.sum() * abs(np.linalg.det(scan.affine[:3, :3])) == pytest.approx(volume, rel=0.02)
        assert not scan.mask[:, :, [0, -1]].any()
        assert np.isfinite(scan.voxels).all()
        assert (scan.voxels > 0).all()  # noise, even where the head's field ends
        kinds.add((int(np.abs(drawn.directions[:, 2]).argmax()), drawn.spacing_mm[2] > 1))
    assert len(kinds) >= 4


def test_beyond_the_heads_field_is_nothing_but_noise(head):
    scan = scan_head(head, 0, replace(COARSE, in_plane_mm=(420.0, 240.0)))
    edge, air = scan.voxels[[0, 1, -2, -1]], head.images[0][:, :, -2:]
    assert edge.mean() == pytest.approx(air.mean(), rel=0.1)
    assert edge.std() == pytest.approx(air.std(), rel=0.1)


def test_motions_and_headers_stay_within_their_limits(rng):
    centre = np.array([3.0, -20.0, 8.0])
    plans = [draw_plan(rng, centre) for _ in range(200)]
    for motions, most_mm, most_degrees in (
        ([plan.motion for plan in plans], 15, 10),
        ([plan.header_error for plan in plans], 9, 3),
    ):
        moved = [np.linalg.norm((motion @ (*centre, 1))[:3] - centre) for motion in motions]
        turned = [angle_degrees(motion) for motion in motions]
        assert 0.9 * most_mm < max(moved) <= most_mm + 1e-6
        assert 0.9 * most_degrees < max(turned) <= most_degrees + 1e-6
    assert 0.3 < np.mean([np.array_equal(plan.header_error, np.eye(4)) for plan in plans]) < 0.7
    still = draw_plan(rng, centre, 0.0, 0.0, 0.0)
    np.testing.assert_allclose(still.motion, np.eye(4), atol=1e-9)
    np.testing.assert_allclose(still.header_error[:3, 3], centre - still.header_error[:3, :3] @ centre, atol=1e-9)


def test_a_turn_is_one_about_its_axis():
    turn = rigid(np.array([0.0, 0.0, 2.0]), 90.0)
    np.testing.assert_allclose(turn @ (1, 0, 0, 1), (0, 1, 0, 1), atol=1e-12)
    np.testing.assert_allclose(turn[:3, :3] @ turn[:3, :3].T, np.eye(3), atol=1e-12)
