import numpy as np
import pytest
from scipy import ndimage

from training.simulation.raw.head_shape import (
    BRAIN_CENTRE_MM,
    BRAIN_HALF_MM,
    MARGIN_MM,
    Brush,
    Tissue,
    bridge_folds,
    draw_tissues,
    field_around,
)

SPACING_MM = 3.0


@pytest.fixture(scope="module")
def mask(head):
    return head.mask


@pytest.fixture(scope="module")
def field(mask):
    return field_around(mask, SPACING_MM)


@pytest.fixture(scope="module")
def tissues(mask, field):
    return draw_tissues(np.random.default_rng(0), mask, field)


def test_a_field_has_room_for_the_head_and_the_brain_in_the_frame_of_the_template(field, mask):
    assert field.shape == mask.shape
    assert not field.start.any()
    (low, high) = field.brain_box.T
    assert (low * SPACING_MM >= MARGIN_MM[:, 0]).all()
    assert ((np.array(field.shape) - 1 - high) * SPACING_MM >= MARGIN_MM[:, 1]).all()
    for axis, (a, b), centre, half in zip(
        field.axes_mm(), field.brain_box, BRAIN_CENTRE_MM, BRAIN_HALF_MM, strict=True
    ):
        assert axis[a] == pytest.approx(centre - half, abs=3)
        assert axis[b] == pytest.approx(centre + half, abs=3)


def test_the_brain_is_the_one_that_was_given(tissues, mask):
    np.testing.assert_array_equal(tissues == Tissue.BRAIN, mask)


def test_every_tissue_is_there(tissues):
    assert set(np.unique(tissues)) == set(Tissue)


def test_above_the_brain_its_shells_follow_each_other(tissues, mask, field):
    away = ndimage.distance_transform_edt(~mask) * SPACING_MM
    away[:, :, field.axes_mm()[2] < 20] = np.nan
    order = (Tissue.CSF, Tissue.BONE, Tissue.FAT, Tissue.SKIN)
    distances = [np.nanmedian(away[tissues == tissue]) for tissue in order]
    assert distances == sorted(distances)
    assert distances[0] < 5
    assert 9 < distances[-1] < 25
    bone, marrow = (np.nanmedian(away[tissues == tissue]) for tissue in (Tissue.BONE, Tissue.MARROW))
    assert marrow == pytest.approx(bone, abs=2)


def test_the_brain_lies_in_its_own_water_and_nowhere_in_air(tissues, mask):
    around = ndimage.binary_dilation(mask) & ~mask
    wet = np.isin(tissues[around], (Tissue.CSF, Tissue.DURA, Tissue.SINUS, Tissue.NERVE))
    assert wet.mean() > 0.97
    assert not (tissues[ndimage.binary_dilation(mask)] == Tissue.AIR).any()


def test_a_cleft_between_the_halves_holds_no_bone(tissues, mask, field):
    middle = np.abs(field.axes_mm()[0]) < 3
    filled = ndimage.binary_closing(mask, iterations=2) & ~mask
    filled[~middle] = False
    assert filled.sum() > 20
    assert np.isin(tissues[filled], (Tissue.CSF, Tissue.SINUS)).mean() > 0.97


def test_folds_are_bridged_and_wide_gaps_are_not():
    mask = np.ones((40, 24, 24), bool)
    mask[10:14], mask[26:] = False, False  # 4 mm within, and all on one side
    filled = bridge_folds(mask, step=2, spacing_mm=2.0)
    assert filled.shape == (20, 12, 12)
    assert filled[:13].all()
    assert not filled[15:].any()


def test_eyes_lie_in_front_below_one_on_either_side(tissues, field):
    found, count = ndimage.label(tissues == Tissue.VITREOUS)
    centres = [
        [axis[round(at)] for axis, at in zip(field.axes_mm(), centre, strict=True)]
        for centre in ndimage.center_of_mass(found > 0, found, range(1, count + 1))
        if (found == found[tuple(np.round(centre).astype(int))]).sum() * SPACING_MM**3 > 1500
    ]
    left, right = sorted(centres)
    assert -45 < left[0] < -20 < 20 < right[0] < 45
    assert all(45 < y < 75 and -50 < z < -22 for _, y, z in centres)


def test_the_cord_leaves_the_brain_below(tissues, mask, field):
    lowest = np.flatnonzero(mask.any(axis=(0, 1)))[0]
    for z in range(4, lowest - 4, 4):
        cord, canal = (tissues[:, :, z] == tissue for tissue in (Tissue.NERVE, Tissue.CSF))
        assert cord.sum() * SPACING_MM**2 > 40
        assert (canal & ndimage.binary_dilation(cord)).any()


def test_the_same_seed_gives_the_same_head_and_another_another(tissues, mask, field):
    again, other = (draw_tissues(np.random.default_rng(seed), mask, field) for seed in (0, 1))
    np.testing.assert_array_equal(again, tissues)
    assert 0.02 < (other != tissues).mean() < 0.3


def test_a_brush_paints_ellipsoids_where_it_is_allowed():
    axes = [np.arange(-10.0, 11.0)] * 3
    tissues, allowed = np.zeros((21,) * 3, np.uint8), np.zeros((21,) * 3, bool)
    allowed[:, :, :11] = True
    brush = Brush(np.random.default_rng(0), tissues, axes, allowed)
    brush.paint((2, 0, 0), (6, 4, 3), Tissue.FAT)
    assert np.argwhere(tissues).min(axis=0).tolist() == [7, 7, 8]
    assert np.argwhere(tissues).max(axis=0).tolist() == [17, 13, 10]
    brush.paint((2, 0, 0), (6, 4, 3), Tissue.FAT, anywhere=True)
    assert np.argwhere(tissues).max(axis=0).tolist() == [17, 13, 12]
    assert (tissues > 0).sum() == pytest.approx(4 / 3 * np.pi * 6 * 4 * 3, rel=0.1)
