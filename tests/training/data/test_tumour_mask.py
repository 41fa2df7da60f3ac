"""A mask lies where its header puts it, however it is stored; what can't be right is told."""

from __future__ import annotations

import nibabel as nib
import numpy as np
import pytest

from tests_support import LESION_MM, SHAPE, brain_affine, make_volumes, save_scan
from training.cohorts import CohortError
from training.data.tumour_mask import read_regions

VOLUMES = make_volumes(brain_affine())


def _labels(affine, shape=SHAPE):
    """Core, enhancing tumour and oedema in shells round a place that is no symmetric one."""
    voxels = np.stack(np.meshgrid(*map(np.arange, shape), indexing="ij"), axis=-1)
    apart = np.linalg.norm(voxels @ affine[:3, :3].T + affine[:3, 3] - LESION_MM, axis=-1)
    return np.select([apart < 8, apart < 12, apart < 20], [1, 4, 2], 0).astype(np.uint8)


EXPECTED = np.stack([_labels(VOLUMES.affine) == label for label in (1, 2, 4)])


@pytest.fixture
def save(tmp_path):
    return lambda labels, affine=VOLUMES.affine: save_scan(tmp_path / "x_seg.nii.gz", labels, affine)


def test_regions_are_core_oedema_and_enhancing(save):
    np.testing.assert_array_equal(read_regions(save(_labels(VOLUMES.affine)), VOLUMES), EXPECTED)


@pytest.mark.parametrize("axes", ["RAS", "LIA", "SPR", "AIL"])
def test_axes_may_run_otherwise(save, axes):
    plain = nib.Nifti1Image(_labels(VOLUMES.affine), VOLUMES.affine)
    turn = nib.orientations.ornt_transform(nib.io_orientation(plain.affine), nib.orientations.axcodes2ornt(axes))
    turned = plain.as_reoriented(turn)
    mask = save(np.asarray(turned.dataobj), turned.affine)
    np.testing.assert_array_equal(read_regions(mask, VOLUMES), EXPECTED)


def test_a_part_of_the_grid_is_placed(save):
    corner = (20, 10, 12)
    affine = VOLUMES.affine.copy()
    affine[:3, 3] += affine[:3, :3] @ corner
    part = _labels(VOLUMES.affine)[20:, 10:50, 12:40]
    shifted = np.zeros_like(EXPECTED)
    shifted[:, 20:, 10:50, 12:40] = EXPECTED[:, 20:, 10:50, 12:40]
    np.testing.assert_array_equal(read_regions(save(part, affine), VOLUMES), shifted)


def test_a_finer_grid_askew_gives_the_same_place_and_volume(save):
    finer = VOLUMES.affine.copy()
    finer[:3, :3] *= 0.5
    finer[0, 1] = 0.1  # oblique
    regions = read_regions(save(_labels(finer, tuple(2 * size for size in SHAPE)), finer), VOLUMES)
    whole, expected = regions.any(axis=0), EXPECTED.any(axis=0)
    assert np.count_nonzero(whole ^ expected) < 0.06 * np.count_nonzero(expected)


def test_no_label_lies_between_two_others(save):
    labels = _labels(VOLUMES.affine)
    labels[labels == 2] = 0
    shifted = VOLUMES.affine.copy()
    shifted[:3, 3] += 1.2
    core, oedema, enhancing = read_regions(save(labels, shifted), VOLUMES)
    assert core.any()
    assert enhancing.any()
    assert not oedema.any()


def test_enhancing_is_three_since_2023(save):
    labels = _labels(VOLUMES.affine)
    labels[labels == 4] = 3
    np.testing.assert_array_equal(read_regions(save(labels), VOLUMES), EXPECTED)


def test_an_empty_mask_is_one(save):
    assert not read_regions(save(np.zeros(SHAPE, np.uint8)), VOLUMES).any()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda labels: labels * 60, r"expected BraTS's labels 1, 2 and 4, .*, found 60, 120, 240; translate"),
        (
            lambda labels: labels - (labels == 2) * np.uint8(1) + (labels == 1) * np.uint8(2),
            r"found 1, 3, 4; translate",
        ),
        (lambda labels: labels * np.float32(0.5), r"found 0\.5, 1, 2; translate"),
        (lambda labels: np.stack([labels, labels], axis=-1), r"x_seg\.nii\.gz: expected a 3-D volume"),
    ],
    ids=["other labels", "three and four", "shares", "4-D"],
)
def test_other_labels_are_told(save, change, told):
    with pytest.raises(CohortError, match=told):
        read_regions(save(change(_labels(VOLUMES.affine))), VOLUMES)


def test_a_mask_beside_the_brain_is_told(save):
    elsewhere = VOLUMES.affine.copy()
    elsewhere[1, 3] += 90
    with pytest.raises(CohortError, match=r"expected a tumour in the study's brain, found \d\.\d of its 3\d\.\d ml"):
        read_regions(save(_labels(VOLUMES.affine), elsewhere), VOLUMES)


def test_damaged_masks_are_told(save):
    mask = save(_labels(VOLUMES.affine))
    mask.write_bytes(mask.read_bytes()[:-200])
    with pytest.raises(CohortError, match=r"^x_seg\.nii\.gz: "):
        read_regions(mask, VOLUMES)
    mask.write_bytes(b"")
    with pytest.raises(CohortError, match=r"^x_seg\.nii\.gz: the file is empty"):
        read_regions(mask, VOLUMES)
