"""Scan → networks → mask: each step against another implementation, all of it with networks that look for brightness,
and with deepbet's own where they are installed."""

from __future__ import annotations

import nibabel as nib
import numpy as np
import pytest
import torch
from scipy import ndimage

from tests_support import SHAPE, brain_affine, brain_image
from zoo import StudyError
from zoo.assets.examples import EXAMPLES
from zoo.scanner import brain_extraction
from zoo.scanner.brain_extraction import extract_brain
from zoo.scanner.deepbet_networks import expect_deepbet


@pytest.mark.parametrize("size", [3, 26, 100, 128, 155, 187, 240, 256, 433, 512])
@pytest.mark.parametrize("count", [128, 256])
def test_resizing_is_torch_s_nearest_exact(size, count):
    for one, other in ((size, count), (count, size)):
        shape = (other, 4, 2)
        image = np.random.default_rng(0).random((one, 3, 2), np.float32)
        expected = torch.nn.functional.interpolate(torch.from_numpy(image)[None, None], shape, mode="nearest-exact")
        np.testing.assert_array_equal(brain_extraction._resized(image, shape), expected[0, 0].numpy())


def test_the_largest_piece_hangs_together_by_corners():
    mask = np.zeros((9, 9, 9), bool)
    mask[0:2, 0:2, 0:2] = mask[2:4, 2:4, 2:4] = True  # 16 voxels in two cubes that share a corner
    mask[6:8, 5:8, 6:8] = True
    expected = mask.copy()
    expected[6:8, 5:8, 6:8] = False
    np.testing.assert_array_equal(brain_extraction._largest_piece(mask), expected)


def test_holes_are_filled_as_scipy_fills_them():
    mask = ndimage.gaussian_filter(np.random.default_rng(1).random((20, 21, 22)), 0.8) > 0.46
    filled = brain_extraction.without_holes(mask)
    np.testing.assert_array_equal(filled, ndimage.binary_fill_holes(mask))
    assert filled.sum() > mask.sum()


def test_the_box_has_a_tenth_of_the_brain_more_at_each_end():
    piece = np.zeros((128, 128, 128), bool)
    piece[30:80, 40:100, 0:128] = True
    assert brain_extraction._box_around(piece, (256, 128, 64)) == (slice(50, 170), slice(34, 106), slice(0, 64))


def test_the_box_leaves_out_planes_of_which_less_than_a_fiftieth_is_brain():
    piece = np.zeros((128, 128, 128), bool)
    piece[40:90, 40:90, 40:90] = True
    tail = piece.copy()
    tail[90:120, 60:70, 60:70] = True
    assert brain_extraction._box_around(tail, piece.shape) == brain_extraction._box_around(piece, piece.shape)


@pytest.fixture
def seen(monkeypatch) -> dict[str, np.ndarray]:
    """What each of two networks saw, which take for brain what is brighter than half of the brightest."""
    seen = {}

    def bright(network, images):
        seen[network] = images[0, 0].numpy().copy()
        low, high = images.min(), images.max()
        return ((images - low) / (high - low))[:, 0]

    monkeypatch.setattr(brain_extraction, "share_of_brain", bright)
    monkeypatch.setattr(brain_extraction, "CUBES", {brain_extraction.BOX: (32, 34, 36), brain_extraction.BRAIN: SHAPE})
    return seen


def brain() -> np.ndarray:
    """A brain with a gradient: no two of its sides are the same."""
    return brain_image("t1", brain_affine()) * np.linspace(0.8, 1.2, SHAPE[0], dtype=np.float32)[:, None, None]


@pytest.mark.parametrize("axes", ["RAS", "LPS", "PIR", "SLA", "IAR"])
def test_a_brain_is_found_whichever_way_the_scan_lies(axes, seen):
    image = nib.Nifti1Image(brain(), brain_affine())
    turn = nib.orientations.ornt_transform(nib.io_orientation(image.affine), nib.orientations.axcodes2ornt(axes))
    turned = image.as_reoriented(turn)
    found = extract_brain(np.asarray(turned.dataobj), turned.affine)
    there = np.asarray(turned.dataobj) > 0
    assert 2 * (found & there).sum() > 0.97 * (found.sum() + there.sum())
    first = {name: array.copy() for name, array in seen.items()}
    extract_brain(brain(), brain_affine())
    for name in seen:
        np.testing.assert_array_equal(first[name], seen[name])


def test_the_networks_see_right_anterior_and_superior_as_the_ends_of_the_axes(seen):
    extract_brain(brain_image("t1ce", brain_affine()), brain_affine())  # its lesion lies there
    coarse = seen[brain_extraction.BOX]
    lesion = np.argwhere(coarse == coarse.max()).mean(axis=0) / coarse.shape
    assert (lesion > 0.52).all()


def test_the_networks_see_clipped_and_standardised_intensities(seen):
    scan = brain()
    scan[28, 34, 25] = 1e5  # a spike
    extract_brain(scan, brain_affine())
    for image in seen.values():
        assert image.mean() == pytest.approx(0.449, abs=1e-3)
        assert image.std() == pytest.approx(0.226, abs=1e-3)
        assert image.max() < 1.5


def test_both_networks_see_what_is_clipped_at_the_coarse_scan_s_quantiles(seen):
    scan = brain()
    extract_brain(scan, brain_affine())
    canonical = nib.apply_orientation(scan, nib.io_orientation(brain_affine()))
    low, high = np.quantile(brain_extraction._resized(canonical, (32, 34, 36)), [0.005, 0.995])
    share = (canonical >= high).mean()
    fine = seen[brain_extraction.BRAIN]
    assert low == 0
    assert (fine == fine.max()).mean() == pytest.approx(share, rel=0.8)
    assert (fine == fine.max()).sum() > 1


def test_the_mask_is_one_piece_without_holes(seen):
    scan = brain()
    scan[26:29, 32:36, 23:26] = 0  # a ventricle
    scan[8:10, 8:10, 7:9] = scan.max()  # something beside the head
    found = extract_brain(scan, brain_affine())
    assert found[27, 33, 24]
    assert not found[:11, :11, :10].any()
    assert ndimage.label(found)[1] == 1


@pytest.mark.parametrize("value", [0, 7])
def test_a_scan_without_anything_is_refused(value, seen):
    with pytest.raises(StudyError, match=r"Brain mask: expected a head in a T1-weighted scan, found no brain in it\."):
        extract_brain(np.full(SHAPE, value, np.float32), brain_affine())


def test_two_heads_are_no_patient(seen):
    with pytest.raises(StudyError, match="expected one head in the scan, found two brains"):
        extract_brain(np.concatenate([brain(), brain()]), brain_affine())


def test_a_rod_is_no_brain(seen):
    scan = np.zeros(SHAPE, np.float32)
    scan[:, 20:27, 20:27] = 9
    with pytest.raises(StudyError, match="found no brain"):
        extract_brain(scan, brain_affine())


def with_skull(brain: np.ndarray, spacing: float) -> np.ndarray:
    """A head around a brain: fluid, dark bone and bright scalp."""
    distance = ndimage.distance_transform_edt(brain == 0, sampling=spacing)
    tissue = float(np.quantile(brain[brain > 0], 0.9))
    shells = [(2, 0.3), (8, 0.08), (14, 1.3)]
    head, inner = brain.copy(), 0
    for outer, brightness in shells:
        head[(distance > inner) & (distance <= outer)] = brightness * tissue
        inner = outer
    return head


@pytest.mark.parametrize("modality", ["t1", "t1ce"])
def test_deepbet_s_networks_find_a_simulated_brain_in_its_skull(modality):
    try:
        expect_deepbet()
    except StudyError as error:
        pytest.skip(str(error))
    stored = nib.load(EXAMPLES[0].folder / f"{EXAMPLES[0].name}_{modality}.nii.gz")
    brain = np.pad(stored.get_fdata(dtype=np.float32)[::2, ::2, ::2], 10)
    affine = stored.affine @ np.diag([2.0, 2.0, 2.0, 1.0])
    spacing = float(np.linalg.norm(affine[:3, 0]))
    found, there = extract_brain(with_skull(brain, spacing), affine), brain > 0
    assert 2 * (found & there).sum() > 0.94 * (found.sum() + there.sum())
