"""Regions that a model finds, on the study's own grid, whichever way it offers them."""

from __future__ import annotations

from dataclasses import replace

import nibabel as nib
import numpy as np
import pytest
import SimpleITK
import torch
from scipy.spatial.transform import Rotation

from region_finder import BrightOnFlair
from tests_support import LESION_MM, SHAPE, brain_affine, make_volumes
from zoo import Finding, PluginError, Refused
from zoo.inference.open_study import OpenStudy
from zoo.inference.segment import region_logits, region_scores, segment_study
from zoo.study.prepare import prepare
from zoo.types import REGION_LABELS_2023
from zoo.weights.load import TrainedModel, load_weights
from zoo.weights.record import TrainingRecord

LESION_ML = 4 / 3 * np.pi * 1.8**3
OBLIQUE = np.eye(4)
OBLIQUE[:3, :3] = Rotation.from_euler("zyx", [14, -9, 7], degrees=True).as_matrix() * 3
OBLIQUE[:3, 3] = -OBLIQUE[:3, :3] @ (np.array(SHAPE) - 1) / 2
ANISOTROPIC = np.diag([2.5, 2.5, 5.0, 1.0])
ANISOTROPIC[:3, 3] = -70, -84, -60
SAGITTAL = np.array([[0, 0, 3.0, -73.5], [-3.0, 0, 0, 85], [0, 2.5, 0, -85], [0, 0, 0, 1]])
GRIDS = {"flipped": brain_affine(), "oblique": OBLIQUE, "anisotropic": ANISOTROPIC, "sagittal": SAGITTAL}


def _finder(registry, module):
    return TrainedModel(registry.model("early-fusion"), module, TrainingRecord("made-up studies"), "made up")


@pytest.fixture
def finder(registry):
    return _finder(registry, BrightOnFlair())


@pytest.mark.parametrize("cells", [1, 2, 4])
@pytest.mark.parametrize("affine", GRIDS.values(), ids=GRIDS)
def test_a_lesion_is_where_it_is_on_any_grid_of_study_and_scores(registry, affine, cells):
    volumes = make_volumes(affine, (56, 68, 48))
    found = segment_study(volumes, (), _finder(registry, BrightOnFlair(cells)))
    assert (found.labels.shape, found.labels.dtype) == (volumes.brain.shape, np.uint8)
    np.testing.assert_array_equal(found.affine, affine)
    assert set(np.unique(found.labels)) == {0, 4}
    whole = found.measurements["whole"]
    assert whole == found.measurements["enhancing"]
    assert whole.ml == pytest.approx(LESION_ML, rel=0.08 if cells < 4 else 0.15)
    assert whole.centre_mm == pytest.approx(LESION_MM, abs=0.7)
    assert whole.diameter_mm == pytest.approx(36, abs=5)
    assert (whole.side, whole.parts) == ("right", 1)
    assert whole.midline_mm == pytest.approx(30 - 18, abs=3)


def test_what_it_rests_on_is_told(finder):
    findings = (Finding("warning", "Odd."), Finding("remark", "Read."))
    found = segment_study(make_volumes(brain_affine()), findings, finder)
    assert (found.model, found.weights, found.trained_on) == ("early-fusion.compact", "made up", "made-up studies")
    assert (found.warnings, found.remarks) == (("Odd.",), ("Read.",))


def test_an_unfit_study_is_not_segmented(finder):
    with pytest.raises(Refused, match=r"not segmented: early-fusion\.compact needs"):
        segment_study(make_volumes(brain_affine(), modalities=("flair",)), (), finder)
    with pytest.raises(Refused, match="not segmented: Upside down"):
        segment_study(make_volumes(brain_affine()), [Finding("refusal", "Upside down.")], finder)


def test_a_lacking_modality_is_told(finder):
    spec = replace(finder.spec, needs=("flair",))
    found = segment_study(make_volumes(brain_affine(), modalities=("flair", "t2")), (), replace(finder, spec=spec))
    assert found.warnings == ("Segmented without T1, T1ce, which this model would use.",)


@pytest.mark.parametrize(
    ("scores", "told"),
    [
        (torch.full((1, 3, 4, 4, 4), torch.nan), "expected region scores that are finite numbers"),
        (torch.zeros(1, 2, 4, 4, 4), r"of shape \(1, 3, D, H, W\), found \(1, 2, 4, 4, 4\)"),
        (None, r"found one that only grades. Choose another: unet-radiomics\.compact"),
    ],
)
def test_scores_of_no_use_are_told(finder, scores, told):
    finder.module.region_logits = lambda x, present: scores
    with pytest.raises(PluginError, match=told):
        region_scores(finder, prepare(make_volumes(brain_affine()), finder.spec.recipe))


def test_models_score_regions_by_either_protocol(equipped_models):
    whole, beside = (load_weights(equipped_models[f"{name}.compact"]) for name in ("early-fusion", "feature-concat"))
    x, present = torch.randn(1, 4, *whole.spec.recipe.shape), torch.ones(1, 4, dtype=torch.bool)
    expected = whole.module.grade_and_auxiliary(x, present)[1]["regions"]
    torch.testing.assert_close(region_logits(whole, x, present), expected)
    assert not hasattr(beside.module, "region_logits")
    assert region_logits(beside, x, present).shape == expected.shape


@pytest.mark.parametrize("affine", GRIDS.values(), ids=GRIDS)
def test_files_lie_on_the_study_s_grid(registry, finder, affine, tmp_path):
    study = OpenStudy(registry, make_volumes(affine, (56, 68, 48)))
    found = segment_study(study.volumes, (), finder)
    study.save_regions(found, tmp_path / "mask.nii.gz")
    study.save_regions(found, tmp_path / "mask.nii", REGION_LABELS_2023)
    study.save_scores(found, tmp_path / "scores.nii.gz")
    mask, since_2023, scores = (nib.load(tmp_path / name) for name in ("mask.nii.gz", "mask.nii", "scores.nii.gz"))
    for image in (mask, since_2023, scores):
        np.testing.assert_allclose(image.affine, affine, atol=1e-5)
        assert image.header.get_xyzt_units()[0] == "mm"
    np.testing.assert_array_equal(np.asarray(mask.dataobj), found.labels)
    np.testing.assert_array_equal(np.asarray(since_2023.dataobj), np.where(found.labels == 4, 3, found.labels))
    assert mask.get_data_dtype() == np.uint8
    assert scores.shape == (*study.volumes.brain.shape, 3)
    np.testing.assert_array_equal(scores.get_fdata()[..., 2] > 0.5, found.labels == 4)
    assert not scores.get_fdata()[~study.volumes.brain].any()


def test_other_tools_find_the_mask_where_the_study_is(registry, finder, tmp_path):
    study = OpenStudy(registry, make_volumes(OBLIQUE, (56, 68, 48)))
    found = segment_study(study.volumes, (), finder)
    study.save_regions(found, tmp_path / "mask.nii.gz")
    image = SimpleITK.ReadImage(str(tmp_path / "mask.nii.gz"))
    index = np.argwhere(found.labels)[7]
    place = np.array(image.TransformIndexToPhysicalPoint(index.tolist())) * (-1, -1, 1)  # LPS
    np.testing.assert_allclose(place, (OBLIQUE @ [*index, 1])[:3], atol=1e-3)
    assert image.GetPixel(*index.tolist()) == 4
