from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from tests_support import LESION_GAIN, LESION_MM, SHAPE, SPACING_MM, TISSUE, brain_affine, make_volumes
from training.evaluation.corruptions import KINDS, CorruptionError, corrupt
from zoo import MODALITIES, Volumes
from zoo.study.prepare import white_matter_levels

T1, T1CE, T2, FLAIR = range(4)
GRADED = [kind for kind in KINDS if len(KINDS[kind].amounts) > 1]
CONTROLS = ["lesion swap", "no enhancement"]
FIXED_IN_SPACE = ["bias field", "thick slices", "blur", "contrast", "rotation", *CONTROLS]


def world_mm(affine, shape=SHAPE):
    return np.stack(np.meshgrid(*map(np.arange, shape), indexing="ij"), -1) @ affine[:3, :3].T + affine[:3, 3]


def lesion(affine, shape=SHAPE):
    return np.linalg.norm(world_mm(affine, shape) - LESION_MM, axis=-1) < 18


MASK = lesion(brain_affine())
OUTSIDE = world_mm(brain_affine())[..., 2] > 70


@pytest.fixture(scope="module")
def study():
    return make_volumes(brain_affine())


def changed(volumes, kind, severity=None, seed=0, mask=MASK):
    return corrupt(volumes, kind, severity or len(KINDS[kind].amounts), seed, mask)


def of_data(data, affine=None):
    """A study with `data` [x, y, z] in all four scans."""
    data = np.stack([np.float32(data)] * 4)
    return Volumes("s", data, np.ones(4, bool), brain_affine() if affine is None else affine, (data != 0).any(axis=0))


def reoriented(volumes):
    """The same head on a grid with axes to posterior, superior and left, in this order, from the other end."""
    flip = np.zeros((4, 4))
    flip[[0, 1, 2, 3], [2, 0, 1, 3]] = -1, -1, 1, 1
    turned = volumes.data.transpose(0, 2, 3, 1)[:, ::-1, :, ::-1]
    flip[:2, 3] = volumes.data.shape[1] - 1, volumes.data.shape[2] - 1
    return replace(volumes, data=turned, affine=volumes.affine @ flip, brain=(turned != 0).any(axis=0))


@pytest.mark.parametrize("kind", KINDS)
def test_severity_0_is_the_study_itself(study, kind):
    assert corrupt(study, kind, 0, seed=0) is study


@pytest.mark.parametrize("kind", KINDS)
def test_brain_stays_above_0_background_and_absent_scans_stay_0(kind):
    study = make_volumes(brain_affine(), modalities=("t1", "t1ce", "flair"))
    before = study.data.copy()
    result = changed(study, kind)
    assert result.data.dtype == np.float32
    assert result.data.shape == before.shape
    assert (result.data[:, ~result.brain] == 0).all()
    assert (result.data[:, result.brain][result.present] > 0).all()
    assert not result.data[~result.present].any()
    assert (study.data == before).all()


@pytest.mark.parametrize("kind", GRADED)
def test_a_hole_in_one_scan_of_the_brain_does_not_become_background(volumes, kind):
    volumes.data[T1CE, 20:26, 30:36, 25:31] = 0
    result = changed(volumes, kind)
    assert (result.data[:, result.brain] > 0).all()


@pytest.mark.parametrize("kind", GRADED)
def test_every_severity_changes_more(kind):
    texture = ndimage.gaussian_filter(np.random.default_rng(0).standard_normal((4, 40, 44, 36)), (0, 1, 1, 1))
    study = replace(of_data(np.ones((40, 44, 36)), np.diag([1.0, 1, 1, 1])), data=np.float32(100 + 100 * texture))
    mask = np.zeros((40, 44, 36), bool)
    mask[8:16, 20:30, 10:20] = True
    severities = range(len(KINDS[kind].amounts) + 1)
    changes = [np.abs(corrupt(study, kind, s, 3, mask).data - study.data)[T1CE].mean() for s in severities]
    assert (np.diff(changes) > 0.02 * changes[-1]).all()


@pytest.mark.parametrize("kind", ["bias field", "noise", "contrast", "rotation"])
def test_what_is_drawn_depends_on_seed_and_study_only(study, kind):
    first = changed(study, kind).data
    assert (changed(study, kind).data == first).all()
    by_seed = [changed(study, kind, seed=seed).data for seed in range(1, 5)]
    by_study = [changed(replace(study, id=f"study {n}"), kind).data for n in range(4)]
    assert any((other != first).any() for other in by_seed)
    assert any((other != first).any() for other in by_study)


@pytest.mark.parametrize("kind", FIXED_IN_SPACE)
def test_any_orientation_of_the_grid_gives_the_same_head(study, kind):
    other = reoriented(study)
    assert np.allclose(
        world_mm(other.affine, other.brain.shape)[::-1, :, ::-1].transpose(2, 0, 1, 3), world_mm(study.affine)
    )
    one = reoriented(changed(study, kind, seed=2))
    two = changed(other, kind, seed=2, mask=lesion(other.affine, other.brain.shape))
    assert (one.brain != two.brain).mean() < 0.001
    both = one.brain & two.brain
    assert np.abs(one.data - two.data)[:, both].mean() < 0.003 * one.data[:, both].mean()


@pytest.mark.parametrize("severity", [1, 4])
def test_the_largest_gain_of_a_bias_field_is_its_percentage_and_it_is_smooth(severity):
    result = changed(of_data(np.full(SHAPE, 100.0)), "bias field", severity)
    change = result.data / 100 - 1
    largest = KINDS["bias field"].amounts[severity - 1] / 100
    np.testing.assert_allclose(np.abs(change).max(axis=(1, 2, 3)), largest, rtol=1e-4)
    assert max(np.abs(np.diff(change, axis=axis)).max() for axis in (1, 2, 3)) < 0.15 * largest
    assert np.corrcoef(change[T1].ravel(), change[T2].ravel())[0, 1] > 0.7
    assert (change[T1] != change[T2]).any()


def test_noise_is_rician_and_finer_voxels_have_more():
    for spacing in (1.0, 2.0):
        result = changed(of_data(np.full(SHAPE, 100.0), np.diag([spacing, spacing, spacing, 1])), "noise", 4)
        sigma = 40 / np.sqrt(spacing**3)
        assert (result.data.astype(np.float64) ** 2).mean() == pytest.approx(100**2 + 2 * sigma**2, rel=0.01)
        assert result.data.std() == pytest.approx(sigma, rel=0.08)
        assert abs(np.corrcoef(result.data[T1].ravel(), result.data[T2].ravel())[0, 1]) < 0.02


def test_noise_is_relative_to_white_matter_of_each_scan(study):
    result = changed(study, "noise", 1)
    spread = (result.data - study.data)[:, study.brain].std(axis=1) / white_matter_levels(study)
    np.testing.assert_allclose(spread, 0.05 / np.sqrt(SPACING_MM**3), rtol=0.05)


def test_contrast_raises_ratios_to_white_matter_to_a_power(study):
    ratios = (study.data / white_matter_levels(study)[:, None, None, None])[:, study.brain]
    exponents = set()
    for seed in range(12):
        result = (changed(study, "contrast", seed=seed).data / white_matter_levels(study)[:, None, None, None])[
            :, study.brain
        ]
        exponent = np.log(result[T1, 0]) / np.log(ratios[T1, 0])
        np.testing.assert_allclose(result, ratios**exponent, rtol=1e-3)
        exponents.add(round(float(exponent), 3))
    assert exponents == {1.8, round(1 / 1.8, 3)}


@pytest.mark.parametrize("spacing", [1.0, 2.0])
def test_thick_slices_average_over_their_thickness_from_foot_to_head(spacing):
    slices = np.random.default_rng(0).uniform(50, 150, 48)
    study = of_data(np.broadcast_to(slices, (16, 16, 48)), np.diag([1.0, 1, spacing, 1]))
    result = changed(study, "thick slices").data[T1, 8, 8]
    many = round(8 / spacing)
    blocks, centres = slices.reshape(-1, many).mean(axis=1), np.arange((many - 1) / 2, 48, many)
    np.testing.assert_allclose(result, np.interp(np.arange(48), centres, blocks), rtol=1e-4)


def test_thick_slices_leave_a_slice_that_is_all_the_same_alone():
    across = np.random.default_rng(0).uniform(50, 150, (16, 16, 1))
    study = of_data(np.broadcast_to(across, (16, 16, 32)), np.diag([1.0, 1, 1, 1]))
    np.testing.assert_allclose(changed(study, "thick slices").data, study.data, rtol=1e-4)


def test_thick_slices_of_odd_thickness_keep_a_ramp():
    ramp = np.broadcast_to(np.arange(100.0, 148), (16, 16, 48))
    result = changed(of_data(ramp, np.diag([1.0, 1, 1.3, 1])), "thick slices", 3).data[T1, 8, 8]
    np.testing.assert_allclose(result[6:-6], ramp[8, 8, 6:-6], rtol=0.01)


def test_a_blurred_point_has_the_full_width_of_its_severity():
    data = np.full((48, 48, 48), 1.0)
    data[24, 24, 24] = 1001
    point = changed(of_data(data, np.diag([1.0, 2.0, 1.0, 1])), "blur").data[T1] - 1
    for axis, spacing in enumerate((1.0, 2.0, 1.0)):
        line = point[tuple(slice(None) if axis == other else 24 for other in range(3))]
        assert line[24 + round(4 / spacing)] == pytest.approx(line[24] / 2, rel=0.02)


@pytest.mark.parametrize("kind", ["thick slices", "blur", "rotation"])
def test_the_border_of_the_brain_does_not_darken(study, kind):
    uniform = replace(study, data=np.float32(study.data > 0) * 100)
    result = changed(uniform, kind)
    np.testing.assert_allclose(result.data[:, result.brain], 100, rtol=1e-3)


def test_rotation_turns_the_whole_study_rigidly(study):
    result = changed(study, "rotation", 3)
    assert result.brain.sum() == pytest.approx(study.brain.sum(), rel=0.01)
    np.testing.assert_array_equal(result.affine, study.affine)
    centre = world_mm(study.affine)[study.brain].mean(axis=0)
    lesions = [np.where(v.data[FLAIR] > 370, v.data[FLAIR], 0) for v in (study, result)]
    places = [world_mm(study.affine)[data > 0].mean(axis=0) - centre for data in lesions]
    angle = np.deg2rad(15)
    x, y, z = places[0]
    expected = [
        (np.cos(b) * x - np.sin(b) * c, np.sin(b) * x + np.cos(b) * c, np.sin(a) * y + np.cos(a) * z)
        for a in (-angle, angle)
        for b in (-angle, angle)
        for c in [np.cos(a) * y - np.sin(a) * z]
    ]
    assert np.linalg.norm(places[1] - np.array(expected), axis=1).min() < 0.8


@pytest.mark.parametrize("modality", MODALITIES)
def test_without_a_modality_only_that_scan_is_absent(study, modality):
    result = changed(study, f"without {modality}")
    assert result.modalities == tuple(name for name in MODALITIES if name != modality)
    assert (result.data[result.present] == study.data[result.present]).all()
    assert not result.data[~result.present].any()


def test_brain_is_where_a_scan_that_is_left_has_it(volumes):
    volumes.data[1:, :20] = 0
    assert not changed(volumes, "without t1").brain[:20].any()


def test_without_the_only_scan_is_refused():
    with pytest.raises(CorruptionError, match="besides T2, found no other"):
        changed(make_volumes(brain_affine(), modalities=("t2",)), "without t2")


def test_lesion_swap_puts_healthy_brain_in_the_tumour_and_leaves_the_rest(volumes):
    towards_the_back = np.exp(-world_mm(volumes.affine)[..., 1] / 100).astype(np.float32)
    volumes.data[:] *= towards_the_back
    result = changed(volumes, "lesion swap")
    assert np.abs(result.data - result.data[:, ::-1])[:, MASK].mean() < 0.06 * volumes.data[:, MASK].mean()
    for name, before, after in zip(MODALITIES, volumes.data, result.data, strict=True):
        healthy = TISSUE[name] * towards_the_back[MASK].mean()
        assert before[MASK].mean() == pytest.approx(healthy * LESION_GAIN[name], rel=0.1)
        assert after[MASK].mean() == pytest.approx(healthy, rel=0.1)


@pytest.mark.parametrize("kind", CONTROLS)
def test_controls_leave_brain_far_from_the_tumour_alone(study, kind):
    far = ndimage.distance_transform_edt(~MASK) * SPACING_MM >= 6
    assert (changed(study, kind).data == study.data)[:, far].all()


def test_a_seam_is_half_replaced_in_its_middle():
    study = of_data(np.full(SHAPE, 100.0))
    study.data[T1CE] = 200
    study.data[T1CE, 10:18] = 400
    mask = np.zeros(SHAPE, bool)
    mask[:14] = True
    column = changed(study, "no enhancement", mask=mask).data[T1CE, :, 30, 25]
    np.testing.assert_allclose(column[[0, 13, 14, 15, 20]], [200, 200, 300, 400, 200], rtol=1e-3)


def test_lesion_swap_of_a_tumour_on_both_sides_takes_healthy_brain_only(volumes):
    both = MASK | MASK[::-1]
    for modality, gain in zip(range(4), LESION_GAIN.values(), strict=True):
        volumes.data[modality][MASK[::-1]] *= gain
    result = changed(volumes, "lesion swap", mask=both.astype(np.uint8) * 4)
    assert result.data[FLAIR][both].mean() == pytest.approx(TISSUE["flair"], rel=0.1)
    assert result.data[FLAIR][both].max() < 1.3 * TISSUE["flair"]


def test_lesion_swap_without_healthy_brain_is_refused(study):
    with pytest.raises(CorruptionError, match="expected healthy brain"):
        changed(study, "lesion swap", mask=np.ones(SHAPE))


def test_no_enhancement_leaves_only_t1_in_the_tumour_on_t1ce(study):
    result = changed(study, "no enhancement")
    levels = white_matter_levels(study)
    assert (result.data[[T1, T2, FLAIR]] == study.data[[T1, T2, FLAIR]]).all()
    np.testing.assert_allclose(result.data[T1CE][MASK] / levels[T1CE], study.data[T1][MASK] / levels[T1], rtol=1e-4)


@pytest.mark.parametrize("kind", CONTROLS)
def test_severity_of_a_control_is_the_share_replaced(study, kind):
    half, whole = (changed(study, kind, severity).data[:, MASK] for severity in (2, 4))
    np.testing.assert_allclose(half, (study.data[:, MASK] + whole) / 2, rtol=1e-4)


def test_no_enhancement_needs_both_scans():
    with pytest.raises(CorruptionError, match="expected T1 and T1ce, found T1, FLAIR"):
        changed(make_volumes(brain_affine(), modalities=("t1", "flair")), "no enhancement")


@pytest.mark.parametrize("kind", CONTROLS)
@pytest.mark.parametrize(
    ("mask", "found"),
    [
        (None, "none"),
        (np.zeros(SHAPE), "one without tumour"),
        (OUTSIDE, "one without tumour"),
        (np.ones((3, 3, 3)), r"shape \(3, 3, 3\)"),
    ],
    ids=["none", "empty", "outside the brain", "another grid"],
)
def test_a_control_needs_a_mask_of_the_study(study, kind, mask, found):
    with pytest.raises(CorruptionError, match=f"synthetic: {kind}: expected a tumour mask of .* found {found}; put"):
        changed(study, kind, mask=mask)


def test_unknown_kinds_and_severities_are_refused(study):
    with pytest.raises(CorruptionError, match=r"expected one of bias field, noise.*; found 'blurr'"):
        corrupt(study, "blurr", 1, 0)
    for kind, severity in (("blur", 5), ("blur", -1), ("without t1", 2)):
        with pytest.raises(CorruptionError, match=rf"{kind}: expected a severity from 0 to \d, found {severity}"):
            corrupt(study, kind, severity, 0)
