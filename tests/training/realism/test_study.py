"""Studies are brought to one grid without blur, in units of white matter."""

from __future__ import annotations

from dataclasses import replace

import nibabel as nib
import numpy as np
import pytest

from tests_support import save_scan
from training.cohorts import CohortError, load_cohort
from training.data.prepared_cohort import registry
from training.realism.study import coarsest_spacing, read_study
from zoo.study.load import load_volumes
from zoo.study.prepare import white_matter_levels


@pytest.fixture
def case(make_cohort):
    return load_cohort(make_cohort("real", cases=2)).cases[0]


def _cropped(volume, brain):
    inside = np.argwhere(brain)
    return volume[tuple(slice(low, high + 1) for low, high in zip(inside.min(0), inside.max(0), strict=True))]


def test_at_its_own_spacing_a_study_is_only_cropped_turned_and_scaled(case):
    volumes = load_volumes(registry().read(case.source))
    study = read_study(case, 4.0)
    for image, stored, level in zip(study.images, volumes.data, white_matter_levels(volumes), strict=True):
        expected = _cropped(stored / level, volumes.brain)[::-1, ::-1].transpose(2, 1, 0)
        np.testing.assert_allclose(image, expected, atol=1e-4)


def test_coarser_voxels_are_means_of_finer_ones(case):
    fine, coarse = read_study(case, 4.0), read_study(case, 8.0)
    whole = fine.images[0][: 2 * (fine.images.shape[1] // 2), : 2 * (fine.images.shape[2] // 2)]
    whole = whole[..., : 2 * (whole.shape[2] // 2)]
    d, h, w = (size // 2 for size in whole.shape)
    means = whole.reshape(d, 2, h, 2, w, 2).mean(axis=(1, 3, 5))
    np.testing.assert_allclose(coarse.images[0][:d, :h, :w], means, atol=1e-4)


def test_regions_are_those_of_the_mask(case):
    study, labels = read_study(case, 4.0), nib.load(case.mask).get_fdata()
    assert [region.sum() for region in study.regions] == [(labels == value).sum() for value in (1, 2, 4)]
    np.testing.assert_array_equal(study.tumour, study.regions.any(axis=0))
    assert study.voxel_ml == pytest.approx(0.064)


def test_without_a_mask_there_are_no_regions(case):
    study = read_study(replace(case, mask=None), 4.0)
    assert study.regions is None
    assert not study.tumour.any()


def test_the_coarsest_spacing_of_all_is_the_common_one(case, tmp_path):
    fine = save_scan(tmp_path / "fine_t1.nii.gz", np.ones((20, 20, 20), np.float32), np.diag([1, 1, 2.5, 1]))
    finer = replace(case, source={"t1": fine}, mask=None)
    assert coarsest_spacing([finer]) == 2.5
    assert coarsest_spacing([finer, case]) == 4.0


def test_a_mask_with_other_axes_is_the_same(case, tmp_path):
    turned = nib.load(case.mask).as_reoriented([[2, 1], [0, -1], [1, 1]])
    mask = save_scan(tmp_path / "other_seg.nii.gz", np.asarray(turned.dataobj), turned.affine)
    regions = read_study(replace(case, mask=mask), 4.0).regions
    np.testing.assert_array_equal(regions, read_study(case, 4.0).regions)


def test_a_mask_beside_the_brain_is_refused(case, tmp_path):
    mask = save_scan(tmp_path / "other_seg.nii.gz", np.ones((20, 20, 20), np.uint8), np.diag([-9.0, -9.0, -9.0, 1]))
    with pytest.raises(CohortError, match=r"other_seg\.nii\.gz: "):
        read_study(replace(case, mask=mask), 4.0)


def test_a_missing_modality_is_named(case):
    next(case.source.glob("*_flair.nii.gz")).unlink()
    with pytest.raises(CohortError, match="expected all four modalities, found t1, t1ce, t2; add the rest"):
        read_study(case, 4.0)


def test_what_cannot_be_read_is_named(case):
    next(case.source.glob("*_t2.nii.gz")).write_bytes(b"nothing")
    with pytest.raises(CohortError, match=f"Mend {case.id} or take it out"):
        read_study(case, 4.0)
