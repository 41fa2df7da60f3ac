"""The whole way of a simulated patient's raw series, with skull, four grids and four positions, to a grade and back."""

from __future__ import annotations

from dataclasses import replace

import highdicom
import nibabel as nib
import numpy as np
import pytest
from scipy import ndimage

import zoo
from dicom_exam import write_exam
from training.simulation.raw import raw_twin, write_twin
from training.simulation.raw.raw_head import draw_head
from training.simulation.raw.raw_twin import draw_plans
from training.simulation.raw.series import MIRRORED
from training.simulation.study import simulate_study

pytestmark = pytest.mark.long
SEED, PATIENT = 28, 1


@pytest.fixture(scope="module")
def patient():
    return simulate_study(SEED, PATIENT, well_stripped=True)


@pytest.fixture(scope="module")
def twin(patient):
    return raw_twin(patient, SEED)


@pytest.fixture(scope="module")
def exam(twin, tmp_path_factory):
    return write_exam(twin, tmp_path_factory.mktemp("exam"))


@pytest.fixture(scope="module")
def study(exam):
    return zoo.open_study(exam)


def _on(grid, mask, affine):
    """Lay a mask, bool [x, y, z] with its affine, on another image's grid by the nearest voxel."""
    to_mask = np.linalg.inv(affine) @ grid.affine
    return ndimage.affine_transform(mask.astype(np.uint8), to_mask, output_shape=grid.shape[:3], order=0) > 0


def _dice(one, other):
    return 2 * np.count_nonzero(one & other) / (np.count_nonzero(one) + np.count_nonzero(other))


def test_it_is_graded_without_a_doubt_and_told_what_was_done(study):
    severities = {finding.severity for finding in study.findings}
    assert severities == {"remark"}
    assert "the brain found on T1ce and T1 by deepbet" in study.findings[-1].message
    assert zoo.grade(study, "ensemble").grade == "HGG"


def test_the_tumour_lies_in_the_scanner_s_series_where_it_is(study, twin, tmp_path):
    place, truth = tmp_path / "regions.nii.gz", twin.scans["t1ce"]
    study.save_regions(zoo.segment(study), place)
    written = nib.load(place)
    assert sorted(written.shape) == sorted(truth.voxels.shape)
    assert _dice(np.asarray(written.dataobj) > 0, _on(written, truth.labels > 0, truth.affine)) > 0.6


def test_regions_can_lie_in_another_series(study, twin, tmp_path):
    place, truth = tmp_path / "regions.nii.gz", twin.scans["flair"]
    study.save_regions(zoo.segment(study), place, series="flair")
    written = nib.load(place)
    assert sorted(written.shape) == sorted(truth.voxels.shape)
    assert _dice(np.asarray(written.dataobj) > 0, _on(written, truth.labels > 0, truth.affine)) > 0.6


def test_a_dicom_segmentation_lies_on_the_same_slices(study, twin, tmp_path):
    found, truth = zoo.segment(study), twin.scans["t1ce"]
    study.save_dicom(found, tmp_path / "regions.dcm")
    volume = highdicom.seg.segread(tmp_path / "regions.dcm").get_volume(combine_segments=True)
    affine = np.diag([-1.0, -1, 1, 1]) @ volume.affine
    grid = nib.Nifti1Image(volume.array.astype(np.uint8), affine)
    spacing = np.linalg.norm(affine[:3, :3], axis=0)
    np.testing.assert_allclose(np.sort(spacing), np.sort(np.linalg.norm(truth.affine[:3, :3], axis=0)), atol=1e-4)
    whole = ndimage.binary_dilation(truth.labels > 0, iterations=12)  # what is cropped away is far from the tumour
    lesion, there = _on(grid, truth.labels > 0, truth.affine), volume.array > 0
    assert _dice(there & _on(grid, whole, truth.affine), lesion) > 0.6


def test_no_tumour_is_cut_away_with_the_skull(study, twin, tmp_path):
    scores, truth = zoo.segment(study), twin.scans["t1ce"]
    inside = replace(scores, scores=np.ones_like(scores.scores))
    study.save_scores(inside, tmp_path / "inside.nii.gz")
    written = nib.load(tmp_path / "inside.nii.gz")
    brain = written.get_fdata()[..., 0] > 0.5
    lesion = _on(written, truth.labels > 0, truth.affine)
    assert np.count_nonzero(lesion & ~brain) < 0.01 * np.count_nonzero(lesion)
    assert _dice(brain, _on(written, truth.mask, truth.affine)) > 0.9


@pytest.mark.parametrize("spoilt", ["stranger", "mirrored"])
def test_series_that_are_no_exam_are_refused_by_name_and_shown(patient, tmp_path, spoilt):
    plans = draw_plans(SEED, draw_head(patient, SEED).centre_mm)
    if spoilt == "mirrored":
        twin = raw_twin(patient, SEED, {"t2": replace(plans["t2"], flipped=MIRRORED)})
    else:
        twin = raw_twin(patient, SEED, strangers={"t2": simulate_study(SEED, PATIENT + 500, well_stripped=True)})
    series = {
        name: path for path in write_twin(twin, tmp_path).iterdir() for name in ("t1ce", "t2") if name in path.name
    }
    with pytest.raises(zoo.StudyError, match="T2: could not be laid on T1ce") as refused:
        zoo.open_study(series)
    assert list(refused.value.view.scans) == ["t1ce", "t2"]


def test_what_is_missing_is_done_without(twin, tmp_path):
    """The brain is found on T1, and whoever needs T1ce says so."""
    series = write_twin(twin, tmp_path)
    study = zoo.open_study({name: next(series.glob(f"*_{name}.nii.gz")) for name in ("t1", "flair")})
    assert "the brain found on T1 by deepbet" in study.findings[-1].message
    assert 0 < zoo.grade(study, "hemis-fusion").p_hgg < 1
    with pytest.raises(zoo.Refused, match="needs"):
        zoo.grade(study, "single-t1ce")
