"""Which studies are prepared before they are graded, and what is said where that can't be done."""

from __future__ import annotations

from importlib.metadata import version

import nibabel as nib
import numpy as np
import pytest

from zoo.errors import SeveralGridsError, StudyError
from zoo.scanner import load_study as module
from zoo.scanner import preparation
from zoo.scanner.load_study import load_study
from zoo.scanner.preparation import PreparedStudy
from zoo.scanner.preparation_error import PreparationError
from zoo.scanner.registration import Registration
from zoo.study.load import load_volumes
from zoo.types import MODALITIES, PreparationView, Study


@pytest.fixture
def study(make_study):
    folder = make_study()
    return Study("case1", {name: folder / f"case1_{name}.nii.gz" for name in MODALITIES}, ("As chosen.",))


@pytest.fixture
def on_two_grids(study):
    image = nib.load(study.paths["t2"])
    moved = image.affine.copy()
    moved[0, 3] += 10
    nib.save(nib.Nifti1Image(np.asarray(image.dataobj), moved), study.paths["t2"])
    return study


@pytest.fixture
def with_skull(study):
    for path in study.paths.values():
        image = nib.load(path)
        nib.save(nib.Nifti1Image(np.asarray(image.dataobj) + 5, image.affine * [[2], [2], [2], [1]]), path)
    return study


@pytest.fixture
def prepared(monkeypatch, volumes):
    """What scans are prepared to, whatever they are; in place of the way itself, which has its own tests."""
    monkeypatch.setattr(module, "expect_deepbet", lambda: None)
    registrations = {
        "t2": Registration(np.eye(4), 12.3, 0.9, 0.1, -0.2),
        "flair": Registration(np.eye(4), 0.4, 0.9, 0.1, -0.2),
    }
    given = []

    def prepare_scans(name, scans, progress):
        given.append((name, set(scans)))
        return PreparedStudy(volumes, "t1ce", registrations, ("t1ce", "t1"), np.eye(4))

    monkeypatch.setattr(preparation, "prepare_scans", prepare_scans)
    return given


@pytest.fixture
def no_networks(monkeypatch):
    def missing():
        raise StudyError("deepbet is not here.")

    monkeypatch.setattr(module, "expect_deepbet", missing)


def test_a_sound_study_is_as_it_is(study, no_networks):
    found, expected = load_study(study), load_volumes(study)
    np.testing.assert_array_equal(found.data, expected.data)
    assert found.remarks == expected.remarks
    assert not found.scanner


@pytest.mark.parametrize(
    ("kind", "reason"),
    [("on_two_grids", "as they lie on several grids"), ("with_skull", "as they show more than the 2 litres")],
)
def test_raw_scans_are_prepared_and_that_is_said(request, prepared, kind, reason):
    remark = load_study(request.getfixturevalue(kind)).remarks[-1]
    assert prepared == [("case1", set(MODALITIES))]
    assert reason in remark
    assert f"T2 (12 mm), FLAIR (0 mm) moved onto T1ce by SimpleITK {version('SimpleITK')}" in remark
    assert f"the brain found on T1ce and T1 by deepbet {version('deepbet')}" in remark


def test_a_study_is_prepared_where_that_is_asked_for(study, prepared):
    steps = []
    remarks = load_study(study, raw=True, progress=lambda *step: steps.append(step)).remarks
    assert remarks[0] == "As chosen."
    assert "as was asked for" in remarks[-1]
    assert steps == [(0, "Reading the scans")]


def test_none_is_prepared_where_that_is_forbidden(on_two_grids, prepared):
    with pytest.raises(SeveralGridsError):
        load_study(on_two_grids, raw=False)
    assert not prepared


def test_scans_with_skull_stay_what_they_are_where_that_is_asked_for(with_skull, prepared):
    assert load_study(with_skull, raw=False).remarks == load_volumes(with_skull).remarks
    assert not prepared


def test_grids_that_differ_are_told_with_what_stood_in_the_way(on_two_grids, no_networks):
    with pytest.raises(
        StudyError, match=r"T2: expected one grid .* They can't be prepared here: deepbet is not here\."
    ):
        load_study(on_two_grids)


@pytest.mark.parametrize("kind", ["on_two_grids", "with_skull"])
def test_how_far_scans_came_is_kept_where_a_step_fails(request, monkeypatch, prepared, kind):
    view = PreparationView({"t1": (np.zeros((2, 2)),) * 3}, (np.zeros((2, 2), bool),) * 3)

    def fail(*arguments):
        raise PreparationError("T2: could not be laid on T1.", view)

    monkeypatch.setattr(preparation, "prepare_scans", fail)
    study = request.getfixturevalue(kind)
    if kind == "with_skull":
        assert load_study(study).preparation is view
    else:
        with pytest.raises(PreparationError, match="can't be prepared here: T2: could not be laid") as refused:
            load_study(study)
        assert refused.value.view is view


def test_a_skull_that_can_t_be_taken_off_is_left_to_the_checks(with_skull, no_networks):
    assert load_study(with_skull).remarks[-1] == "The scans can't be prepared here: deepbet is not here."
