"""The background is found by its value, wherever it is joined to the box's faces, and becomes exactly 0."""

from __future__ import annotations

import numpy as np
import pytest

from tests_support import SHAPE, brain_affine, brain_image
from zoo.study.background import clear_background


def head(darkest: float = 0.05, share: float = 0.05) -> np.ndarray:
    """A brain on a background of 0, as it lies in memory after reading: x is fastest; its darkest voxels near 0."""
    clean = brain_image("flair", brain_affine())
    dark = np.random.default_rng(1).random(SHAPE) < share
    return np.asfortranarray(np.where(dark, darkest, 1).astype(np.float32) * clean)


def noise(deviation: float) -> np.ndarray:
    return np.random.default_rng(0).normal(0, deviation, SHAPE).astype(np.float32)


def cleared(scan: np.ndarray, holes: bool = False) -> tuple[np.ndarray, str | None]:
    """A copy with its background cleared, and what was said."""
    copy = np.asfortranarray(scan.astype(np.float32))
    return copy, clear_background(copy, holes)


def test_a_background_of_0_is_left_as_it_is():
    scan, said = cleared(head())
    assert said is None
    np.testing.assert_array_equal(scan, head())


def test_dark_tissue_beside_a_background_of_0_is_left_as_it_is():
    """Though it is no farther from it in value than splines' ringing would be."""
    scan, said = cleared(head(darkest=0.01, share=0.03))
    assert said is None
    np.testing.assert_array_equal(scan, head(darkest=0.01, share=0.03))


SCALED = {
    "min-max": lambda scan: 0.9 * scan / scan.max() + 0.02,
    "z-score of the box": lambda scan: (scan - scan.mean()) / scan.std(),
    "z-score by the brain, of everything": lambda scan: (scan - scan[scan != 0].mean()) / scan[scan != 0].std(),
    "-1 to 1": lambda scan: 2 * scan / scan.max() - 1,
    "int16 from -1024": lambda scan: np.rint(scan) - 1024,
    "uint8 with an offset": lambda scan: (10 + scan / 4).astype(np.uint8),
}


@pytest.mark.parametrize("kind", SCALED)
def test_what_scaling_added_is_taken_off_the_head_as_well(kind):
    scan, said = cleared(SCALED[kind](head()))
    assert "was taken off the rest" in said
    assert not scan[head() == 0].any()
    bright = head() > 100
    ratio = scan[bright] / head()[bright]
    assert ratio.std() / ratio.mean() < 0.02


def test_a_box_that_was_z_scored_needs_no_dark_tissue_to_be_told():
    bright = brain_image("flair", brain_affine())
    scan, said = cleared((bright - bright.mean()) / bright.std())
    assert "was taken off the rest" in said
    np.testing.assert_allclose(scan * bright.std(), bright, atol=0.1)


def test_tissue_need_not_be_nearly_as_dark_as_what_scaling_made_of_0():
    grey = head(darkest=0.5)
    scan, said = cleared(2 * grey / grey.max() - 1)
    assert "-1 was taken off the rest" in said
    np.testing.assert_allclose(scan * grey.max() / 2, grey, atol=0.01)


def test_an_offset_above_0_needs_no_dark_tissue_at_all():
    bright = brain_image("flair", brain_affine())
    scan, said = cleared(bright + 30)
    assert "30 was taken off the rest" in said
    np.testing.assert_allclose(scan, bright, atol=1e-3)


@pytest.mark.parametrize("rescaled", ["0 to 1", "clipped to five deviations, 0 to 1", "below 0"])
def test_of_what_was_z_scored_and_then_rescaled_the_mean_is_0_again(rescaled):
    """Which the checks refuse: the background is no longer what is darkest."""
    inside = head() != 0
    scores = np.where(inside, (head() - head()[inside].mean()) / head()[inside].std(), 0)
    scaled = {
        "0 to 1": (scores - scores.min()) / np.ptp(scores),
        "clipped to five deviations, 0 to 1": (np.clip(scores, -5, 5) + 5) / 10,
        "below 0": scores - 20,
    }[rescaled]
    scan, said = cleared(scaled)
    assert "was taken off the rest" in said
    np.testing.assert_array_equal(scan == 0, ~inside)
    np.testing.assert_array_equal(np.sign(scan), np.sign(scores.astype(np.float32)))


def test_what_was_filled_in_around_a_standardised_head_tells_no_0():
    inside = head() != 0
    stored = np.where(inside, (head() - head()[inside].mean()) / head()[inside].std(), -40)
    scan, said = cleared(stored)
    assert said == "the background was -40 instead of 0 and was set to 0."
    np.testing.assert_array_equal(scan[inside], stored[inside].astype(np.float32))


@pytest.mark.parametrize("value", [-1, -1000, 5000])
def test_a_value_that_was_filled_in_leaves_the_head_alone(value):
    scan, said = cleared(np.where(head() != 0, head(), value))
    assert said == f"the background was {value} instead of 0 and was set to 0."
    np.testing.assert_array_equal(scan, head())


def test_nan_around_the_head_is_background_with_the_holes_of_its_mask():
    stored = np.where(head() != 0, head(), np.nan)
    centre = tuple(size // 2 for size in SHAPE)
    stored[centre] = np.nan
    scan, said = cleared(stored, holes=True)
    assert said == "the background was not a number (NaN) instead of 0 and was set to 0."
    assert scan[centre] == 0
    assert np.isfinite(scan).all()


def test_nan_inside_the_head_stays():
    stored = head()
    centre = tuple(size // 2 for size in SHAPE)
    stored[centre] = np.nan
    scan, said = cleared(stored, holes=True)
    assert said is None
    assert np.isnan(scan[centre])
    around = np.where(head() != 0, head(), np.nan)
    around[20:36, 25:45, 20:30] = np.nan
    assert np.isnan(cleared(around, holes=True)[0]).any()


def test_nan_inside_a_head_that_other_numbers_surround_stays():
    stored = np.where(head() != 0, head(), -1)
    centre = tuple(size // 2 for size in SHAPE)
    stored[centre] = np.nan
    scan, said = cleared(stored, holes=True)
    assert said == "the background was -1 instead of 0 and was set to 0."
    assert np.isnan(scan[centre])


def test_numbers_among_nan_are_told():
    stored = np.where(head() != 0, head(), -1)
    stored[:, :3] = np.nan
    scan, said = cleared(stored, holes=True)
    assert said == "the background was -1, and in places not a number (NaN), instead of 0 and was set to 0."
    np.testing.assert_array_equal(scan, head())


def test_nan_all_over_is_no_head():
    scan, _ = cleared(np.full(SHAPE, np.nan), holes=True)
    assert not scan.any()


@pytest.mark.parametrize("deviation", [1e-6, 0.3, 2.5, 7])
def test_noise_in_a_narrow_band_is_background(deviation):
    scan, said = cleared(np.where(head() != 0, head(), noise(deviation) + 0.3 * deviation))
    assert "taken off" not in said
    assert np.mean((scan != 0) != (head() != 0)) < 0.01
    bright = head() > 50
    np.testing.assert_array_equal(scan[bright], head()[bright])


def test_noise_around_a_head_may_be_left_where_one_value_is_not():
    noisy, plain = (np.asfortranarray(head() + added) for added in (noise(4), 100.0))
    before = noisy.copy()
    assert clear_background(noisy, noise=False) is None
    np.testing.assert_array_equal(noisy, before)
    assert "was 100 instead of 0" in clear_background(plain, noise=False)
    assert clear_background(before, noise=True)


@pytest.mark.parametrize(("deviation", "dark"), [(1.5, 20), (12, 55)])
def test_tissue_darker_than_most_beside_a_noisy_background_stays(deviation, dark):
    """A shell of it: noise of a little is cleared up to where noise ends, and of much no farther than a tenth."""
    inside = head() != 0
    shell = inside & ~np.roll(inside, 2, axis=0)
    stored = np.where(shell, dark, np.where(inside, np.maximum(head(), dark), noise(deviation)))
    scan, said = cleared(stored)
    assert "instead of 0" in said
    assert (scan[inside] != 0).all()


def test_a_few_spikes_widen_no_band():
    stored = np.where(head() != 0, head(), noise(1.5))
    stored[np.random.default_rng(2).random(SHAPE) < 0.001] = 20_000
    scan, said = cleared(stored)
    assert "instead of 0" in said
    bright = head() > 50
    np.testing.assert_array_equal(scan[bright], stored[bright].astype(np.float32))


@pytest.mark.parametrize("rounded", [False, True])
def test_valleys_that_splines_leave_around_a_head_are_background(rounded):
    from scipy import ndimage

    ringed = ndimage.shift(head(), 0.4, order=3)
    ringed = np.rint(ringed) if rounded else ringed
    scan, said = cleared(ringed)
    assert "instead of 0" in said
    assert np.count_nonzero(ringed) > 1.15 * np.count_nonzero(head())
    assert np.count_nonzero(scan) < 1.12 * np.count_nonzero(head())
    scaled = (ringed - ringed.min()) / np.ptp(ringed)
    again, said = cleared(scaled)
    assert "was taken off the rest" in said
    np.testing.assert_allclose(again * np.ptp(ringed), scan, atol=0.01 * scan.max())


def test_dark_tissue_that_no_way_joins_to_the_faces_is_none():
    ventricle = (slice(27, 30), slice(32, 35), slice(24, 27))
    stored = head() + 30
    stored[ventricle] = 30
    shut, _ = cleared(stored)
    assert not shut[ventricle].any()
    stored = np.where(head() != 0, np.maximum(head(), 1), -1)
    stored[ventricle] = -1
    corner_to_corner = np.arange(min(SHAPE))
    stored[corner_to_corner, corner_to_corner, corner_to_corner] = -1
    scan, _ = cleared(stored)
    assert (scan[ventricle] == -1).all()
    assert scan[20, 20, 20] == -1


def test_noise_too_wide_for_a_band_is_left():
    stored = np.where(head() != 0, head(), noise(60))
    scan, said = cleared(stored)
    assert said is None
    np.testing.assert_array_equal(scan, stored.astype(np.float32))


def test_a_scan_of_one_standardised_brain_is_left():
    inside = head() != 0
    standardised = np.where(inside, (head() - head()[inside].mean()) / head()[inside].std(), 0)
    assert cleared(standardised)[1] is None


@pytest.mark.parametrize("value", [0, 5000])
def test_a_background_of_one_value_may_fill_some_of_the_faces_only(value):
    cut = head()[18:, 22:]
    scan, said = cleared(np.where(cut != 0, cut, value))
    assert (said is None) == (value == 0)
    np.testing.assert_array_equal(scan, cut)


def test_a_close_box_that_cuts_the_brain_is_left():
    box = head()[18:40, 22:48, 15:36]
    assert np.mean(box[0] == 0) < 1
    assert cleared(box)[1] is None
