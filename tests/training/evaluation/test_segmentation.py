"""Regions that models find are measured where the study's voxels are; what can't be measured is said."""

from __future__ import annotations

import shutil
from dataclasses import asdict, replace

import nibabel as nib
import numpy as np
import pytest
import torch
from torch import nn

from tests_support import LESION_MM, brain_affine, make_volumes, save_scan
from training.cohorts import Case, Cohort, CohortError
from training.evaluation.given_weights import models_from
from training.evaluation.segmentation import (
    SegmentCase,
    find_regions,
    match_regions,
    segment_cohort,
    that_score_regions,
)
from training.weights.make import patient_mark
from zoo import MODALITIES, WeightsError
from zoo.study.prepare import prepare_once
from zoo.weights.load import TrainedModel
from zoo.weights.record import TrainingRecord


class BrightOnFlair(nn.Module):
    """Calls oedema what is bright on FLAIR, at half the input's resolution, as training's targets lie."""

    def region_logits(self, x, present):
        oedema = nn.functional.avg_pool3d(x[:, 3:] - 0.4, (1, 2, 2)) * 20
        nowhere = torch.full_like(oedema, -9)
        return torch.cat([nowhere, oedema, nowhere], dim=1)


@pytest.fixture
def finder(registry):
    return TrainedModel(registry.model("early-fusion"), BrightOnFlair(), TrainingRecord("nothing"), "made up")


@pytest.fixture(scope="module")
def embedded():
    return models_from("embedded", ["early-fusion", "feature-concat"])


@pytest.fixture
def case(make_study):
    """A study whose mask of the lesion, all oedema, is stored with other axes than its scans."""
    folder = make_study(name="p7")
    voxels = np.stack(np.meshgrid(*map(np.arange, (56, 68, 50)), indexing="ij"), -1)
    world = voxels @ brain_affine()[:3, :3].T + brain_affine()[:3, 3]
    labels = 2 * (((world - LESION_MM) ** 2).sum(-1) < 18**2).astype(np.uint8)
    turned = nib.as_closest_canonical(nib.Nifti1Image(labels, brain_affine()))
    mask = save_scan(folder / "p7_seg.nii.gz", np.asarray(turned.dataobj), turned.affine)
    return Case("p7", "HGG", "p7", "", "", folder, mask)


def _cohort(*cases):
    return Cohort(cases[0].source.parent, cases, ())


def test_found_regions_lie_where_the_lesion_is(finder):
    volumes = make_volumes(brain_affine())
    found = find_regions(finder, volumes, prepare_once(volumes))
    assert found.shape == (3, *volumes.brain.shape)
    assert not found[[0, 2]].any()
    centre = np.argwhere(found[1]).mean(axis=0) @ volumes.affine[:3, :3].T + volumes.affine[:3, 3]
    np.testing.assert_allclose(centre, LESION_MM, atol=0.5)


def test_nothing_is_found_outside_the_brain(finder):
    volumes = make_volumes(brain_affine())
    finder.module.region_logits = lambda x, present: torch.full((1, 3, 40, 48, 40), 9.0)
    found = find_regions(finder, volumes, prepare_once(volumes))
    np.testing.assert_array_equal(found.sum(axis=0), volumes.brain)


def test_a_study_is_measured_on_its_own_grid(finder, case, tmp_path):
    matches = segment_cohort([finder], _cohort(case), tmp_path).matches[finder.spec.id]["p7"]
    assert matches["core"].is_absent
    assert matches["enhancing"].dice is None
    assert matches["whole"] == matches["oedema"]
    assert matches["oedema"].true_ml == pytest.approx(4 / 3 * np.pi * 1.8**3, rel=0.02)
    assert matches["oedema"].dice > 0.95
    assert matches["oedema"].distance_mm <= 3.0


def test_matches_are_by_region_and_the_whole():
    found, true = np.zeros((2, 3, 8, 6, 4), bool)
    true[0, 2:4], true[2, 4] = True, True
    found[0, 2:4], found[1, 4] = True, True
    matches = match_regions(found, true, np.diag([2.0, 5.0, 10.0, 1.0]))
    assert [match.dice for match in matches.values()] == [1.0, 0.0, 0.0, 1.0]
    assert [match.true_ml for match in matches.values()] == pytest.approx([4.8, 0, 2.4, 7.2])
    assert [match.found_ml for match in matches.values()] == pytest.approx([4.8, 2.4, 0, 7.2])
    assert [match.distance_mm for match in matches.values()] == [0.0, None, None, 0.0]
    nothing = match_regions(true & False, true & False, np.eye(4))
    assert all(match.is_absent and match.dice is None for match in nothing.values())


def test_only_models_that_score_regions_are_measured(embedded):
    (control,) = models_from("embedded", ["delta-control"])
    assert that_score_regions([*embedded, control], wanted=False) == embedded
    with pytest.raises(WeightsError, match=r"expected models that score regions, found delta-control\.compact, which"):
        that_score_regions([*embedded, control], wanted=True)
    with pytest.raises(WeightsError, match="expected models that score regions"):
        that_score_regions([control], wanted=False)


def test_what_cannot_be_measured_has_its_reason(finder, case, tmp_path):
    folder = shutil.copytree(case.source, tmp_path / "few")
    for name in MODALITIES[:2]:
        next(folder.glob(f"*_{name}.nii.gz")).unlink()
    trained = replace(finder, record=TrainingRecord("it", details={"patients": [patient_mark("known")]}))
    nines = save_scan(tmp_path / "nines_seg.nii.gz", np.full((56, 68, 50), 9, np.uint8), brain_affine())
    cases = (
        replace(case, id="without mask", mask=None),
        replace(case, id="labelled otherwise", mask=nines),
        replace(case, id="lacking", source=folder),
        replace(case, id="learned", patient="known"),
        case,
    )
    results = segment_cohort([trained], _cohort(*cases), tmp_path)
    reasons = results.not_measured[finder.spec.id]
    assert list(results.matches[finder.spec.id]) == ["p7"]
    assert "no mask of its tumour" in reasons["without mask"]
    assert "expected BraTS's labels" in reasons["labelled otherwise"]
    assert "needs T1" in reasons["lacking"]
    assert reasons["learned"] == "these weights were trained on this patient"


def test_a_cohort_without_masks_is_told(finder, case, tmp_path):
    with pytest.raises(CohortError, match=r"expected masks of tumours .* found none in 1 cases"):
        segment_cohort([finder], _cohort(replace(case, mask=None)), tmp_path)


def test_a_stopped_measurement_goes_on(finder, case, tmp_path, monkeypatch):
    calls, run = [], SegmentCase.run

    def stop_at_the_second(task):
        calls.append(task.case.id)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return run(task)

    cohort = _cohort(case, replace(case, id="p8"), replace(case, id="p9"))
    whole = segment_cohort([finder], cohort, tmp_path / "whole")
    monkeypatch.setattr(SegmentCase, "run", stop_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        segment_cohort([finder], cohort, tmp_path / "stopped")
    again = segment_cohort([finder], cohort, tmp_path / "stopped")
    assert calls == ["p7", "p8", "p8", "p9"]
    assert asdict(replace(again, timing={})) == asdict(replace(whole, timing={}))
