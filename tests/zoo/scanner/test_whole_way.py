"""The whole way of a simulated patient's raw series, with skull, four grids and four positions, to a grade and back."""

from __future__ import annotations

from dataclasses import replace

import nibabel as nib
import numpy as np
import pytest

import zoo
from training.simulation.raw import raw_twin, write_twin
from training.simulation.raw.raw_head import draw_head
from training.simulation.raw.raw_scan import MIRRORED
from training.simulation.raw.raw_twin import draw_plans
from training.simulation.study import simulate_study

pytestmark = pytest.mark.long
SEED, PATIENT = 28, 1


@pytest.fixture(scope="module")
def patient():
    return simulate_study(SEED, PATIENT, well_stripped=True)


@pytest.fixture(scope="module")
def series(patient, tmp_path_factory):
    return write_twin(raw_twin(patient, SEED), tmp_path_factory.mktemp("twin"))


@pytest.fixture(scope="module")
def study(series):
    return zoo.open_study(series)


def _truth(series, part):
    """What is known of T1ce's series, on its own grid, bool [x, y, z]."""
    return np.asarray(nib.load(next((series.parent / "truth").glob(f"*_{part}_t1ce.nii.gz"))).dataobj) > 0


def _dice(one, other):
    return 2 * np.count_nonzero(one & other) / (np.count_nonzero(one) + np.count_nonzero(other))


def test_it_is_graded_without_a_doubt_and_told_what_was_done(study):
    severities = {finding.severity for finding in study.findings}
    assert severities == {"remark"}
    assert "the brain found on T1ce by deepbet" in study.findings[-1].message
    assert zoo.grade(study, "ensemble").grade == "HGG"


def test_the_tumour_lies_in_the_scanner_s_series_where_it_is(study, series, tmp_path):
    regions, place = zoo.segment(study), tmp_path / "regions.nii.gz"
    study.save_regions(regions, place)
    written, scan = nib.load(place), nib.load(next(series.glob("*_t1ce.nii.gz")))
    np.testing.assert_allclose(written.affine, scan.affine, atol=1e-5)
    assert _dice(np.asarray(written.dataobj) > 0, _truth(series, "lesion")) > 0.6


def test_no_tumour_is_cut_away_with_the_skull(study, series, tmp_path):
    scores = zoo.segment(study)
    inside = replace(scores, scores=np.ones_like(scores.scores))
    study.save_scores(inside, tmp_path / "inside.nii.gz")
    brain = nib.load(tmp_path / "inside.nii.gz").get_fdata()[..., 0] > 0.5
    lesion = _truth(series, "lesion")
    assert np.count_nonzero(lesion & ~brain) < 0.01 * np.count_nonzero(lesion)
    assert _dice(brain, _truth(series, "brain")) > 0.9


@pytest.mark.parametrize("spoilt", ["stranger", "mirrored"])
def test_series_that_are_no_exam_are_refused_by_name(patient, tmp_path, spoilt):
    plans = draw_plans(SEED, draw_head(patient, SEED).centre_mm)
    if spoilt == "mirrored":
        twin = raw_twin(patient, SEED, {"t2": replace(plans["t2"], flipped=MIRRORED)})
    else:
        twin = raw_twin(patient, SEED, strangers={"t2": simulate_study(SEED, PATIENT + 500, well_stripped=True)})
    with pytest.raises(zoo.StudyError, match="T2: could not be laid on T1ce"):
        zoo.open_study(write_twin(twin, tmp_path))
