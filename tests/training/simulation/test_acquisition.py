from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from training.simulation.acquisition import (
    ANY_SCANNERS,
    acquire,
    draw_acquisition,
    perfect_strip_mask,
    rician,
    saturate,
    scan,
    skull_strip_mask,
)
from training.simulation.anatomy import build_anatomy, draw_deformation
from training.simulation.fields import Grid

GRID = Grid(4.0)
CLEAN = {
    "bias": 0.0, "blur_mm": 0.0, "noise": 0.0, "slice_mm": 0.0, "banding": 0.0, "gamma": 1.0,
    "shift_mm": (0.0, 0.0, 0.0), "stripes": 0.0, "ceiling": np.inf, "scale": 1.0,
}  # fmt: skip


def scanned(image, **how):
    """`image` through a scanner that is perfect but for `how`."""
    rng = np.random.default_rng(0)
    return scan(rng, image, np.zeros(GRID.shape, np.float32), replace(draw_acquisition(rng), **CLEAN | how), GRID)


@pytest.fixture
def image():
    return 0.5 + np.random.default_rng(1).random(GRID.shape, dtype=np.float32)


def test_a_perfect_scanner_changes_nothing(image):
    np.testing.assert_allclose(scanned(image), image, rtol=1e-5)


@pytest.mark.parametrize(
    "how",
    [{"bias": 0.1}, {"noise": 0.2}, {"slice_mm": 12.0, "plane": 1}, {"gamma": 1.2}, {"stripes": 0.05},
     {"shift_mm": (2.0, 0.0, 0.0)}, {"ceiling": 1.2}, {"blur_mm": 4.0}, {"scale": 300.0}],
    ids=lambda how: next(iter(how)),
)  # fmt: skip
def test_every_artefact_changes_the_image(image, how):
    assert np.abs(scanned(image, **how) - image).mean() > 0.005


@pytest.mark.parametrize("plane", [0, 1, 2])
def test_thick_slices_blur_across_their_plane_only(image, plane):
    thick = scanned(image, slice_mm=12.0, plane=plane)
    roughness = [np.diff(thick, axis=axis).std() / np.diff(image, axis=axis).std() for axis in range(3)]
    assert int(np.argmin(roughness)) == plane


def test_slices_keep_a_uniform_image_uniform():
    np.testing.assert_allclose(scanned(np.ones(GRID.shape, np.float32), slice_mm=7.0, plane=2), 1, rtol=1e-4)


def test_rician_noise_lifts_the_background():
    noisy = rician(np.random.default_rng(0), np.zeros((20, 20, 20), np.float32), 0.1)
    assert noisy.mean() == pytest.approx(0.1 * np.sqrt(np.pi / 2), rel=0.05)


@pytest.mark.parametrize("share", [0.2, 0.8])
def test_the_share_that_is_asked_for_has_thick_slices(share):
    rng = np.random.default_rng(0)
    sliced = [draw_acquisition(rng, thick=share).slice_mm > 0 for _ in range(400)]
    assert np.mean(sliced) == pytest.approx(share, abs=0.07)


def test_a_noisy_sequence_is_noisier_by_its_factor():
    usual, noisy = (draw_acquisition(np.random.default_rng(0), noisy=factor) for factor in (1.0, 3.0))
    assert noisy == replace(usual, noise=pytest.approx(3 * usual.noise))


def test_flair_and_t2_have_thicker_slices_than_t1ce():
    sliced = [np.mean([draw(np.random.default_rng(n)).slice_mm > 0 for n in range(200)]) for draw in ANY_SCANNERS]
    assert min(sliced[2:]) > sliced[1] + 0.2


def test_saturation_bounds_what_is_bright_and_spares_what_is_not():
    image = np.array([0.5, 1.0, 2.0, 4.0, 50.0], np.float32)
    saturated = saturate(image, 2.0)
    np.testing.assert_allclose(saturated[:2], image[:2], rtol=0.01)
    assert (np.diff(saturated) > 0).all()
    assert saturated.max() == pytest.approx(2.0, rel=0.01)
    np.testing.assert_array_equal(saturate(image, np.inf), image)


def test_background_is_zero_and_brain_positive(image):
    mask = np.zeros(GRID.shape, bool)
    mask[5:-5, 5:-5, 5:-5] = True
    images = acquire(np.random.default_rng(2), np.stack([image] * 4), mask, GRID)
    assert images.dtype == np.float32
    assert (images[:, ~mask] == 0).all()
    assert (images[:, mask] >= 1).all()


def test_the_border_fades_unless_it_is_told_not_to(image):
    mask = np.zeros(GRID.shape, bool)
    mask[5:-5, 5:-5, 5:-5] = True
    rim = mask & ~ndimage.binary_erosion(mask)
    clean = [lambda rng: replace(draw_acquisition(rng), **CLEAN | {"scale": 100.0})] * 4
    faded, whole = (
        acquire(np.random.default_rng(2), image[None], mask, GRID, clean[:1], fades) for fades in (True, False)
    )
    np.testing.assert_allclose(whole[0][mask], 100 * image[mask], rtol=0.02)
    assert (faded[0][rim] < whole[0][rim]).all()


def test_a_perfect_strip_keeps_brain_and_lesion():
    anatomy = build_anatomy(draw_deformation(np.random.default_rng(0)), GRID)
    lesion = ((anatomy.depth_mm > -3) & (anatomy.depth_mm < 8) & (GRID.points_mm()[2] > 30)).astype(np.float32)
    mask = perfect_strip_mask(anatomy, lesion, GRID)
    np.testing.assert_array_equal(mask, (anatomy.depth_mm > 0) | (lesion > 0))
    assert not perfect_strip_mask(anatomy, np.ones(GRID.shape, np.float32), GRID)[anatomy.depth_mm < -4].any()


def test_each_modality_has_the_scanner_it_is_given(image):
    mask = np.ones(GRID.shape, bool)
    scanners = [lambda rng, k=k: replace(draw_acquisition(rng), **CLEAN | {"scale": 100.0 * k}) for k in (1, 2, 3, 4)]
    images = acquire(np.random.default_rng(2), np.stack([image] * 4), mask, GRID, scanners)
    inside = (slice(None), *(slice(4, -4),) * 3)
    np.testing.assert_allclose(images[inside], np.stack([100 * k * image for k in (1, 2, 3, 4)])[inside], rtol=1e-4)


def test_stripping_spares_the_lesion_and_varies():
    anatomy = build_anatomy(draw_deformation(np.random.default_rng(0)), GRID)
    lesion = ((anatomy.depth_mm > 0) & (anatomy.depth_mm < 8) & (GRID.points_mm()[2] > 30)).astype(np.float32)
    masks = [skull_strip_mask(np.random.default_rng(seed), anatomy, lesion, GRID) for seed in range(4)]
    assert all(mask[lesion > 0].all() for mask in masks)
    assert len({int(mask.sum()) for mask in masks}) == 4
