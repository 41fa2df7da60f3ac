"""Millimetres by the header's unit; a remark where its two transforms disagree."""

from __future__ import annotations

import nibabel as nib
import numpy as np
import pytest

from tests_support import SHAPE, brain_affine, brain_image
from zoo import Study
from zoo.study.load import load_volumes
from zoo.study.nifti_space import affine_in_mm, transforms_that_disagree


def header(sform=None, qform=None, unit="mm") -> nib.Nifti1Header:
    image = nib.Nifti1Image(np.zeros(SHAPE, np.int16), None)
    image.set_sform(sform, 1 if sform is not None else 0)
    image.set_qform(qform, 1 if qform is not None else 0)
    image.header.set_xyzt_units(unit, "sec")
    return image.header


def moved(x: float) -> np.ndarray:
    affine = brain_affine()
    affine[0, 3] += x
    return affine


@pytest.mark.parametrize(("unit", "in_a_mm"), [("mm", 1), ("micron", 1000), ("meter", 0.001), ("unknown", 1)])
def test_the_unit_of_the_header_counts(unit, in_a_mm):
    stored = np.diag([in_a_mm] * 3 + [1.0]) @ brain_affine()
    np.testing.assert_allclose(affine_in_mm(header(stored, stored, unit)), brain_affine(), rtol=1e-5)


def test_a_study_in_microns_is_read_as_what_it_is(tmp_path):
    stored = np.diag([1000, 1000, 1000, 1.0]) @ brain_affine()
    image = nib.Nifti1Image(brain_image("t2", brain_affine()), stored)
    image.header.set_xyzt_units("micron")
    nib.save(image, tmp_path / "a.nii.gz")
    volumes = load_volumes(Study("a", {"t2": tmp_path / "a.nii.gz"}))
    np.testing.assert_allclose(volumes.affine, brain_affine(), rtol=1e-5)
    assert volumes.remarks == ()


@pytest.mark.parametrize(("sform", "qform"), [(0, 0), (0, 0.9), (None, 5), (5, None)])
def test_nothing_is_said_of_transforms_that_agree_or_are_alone(sform, qform):
    forms = [None if shift is None else moved(shift) for shift in (sform, qform)]
    assert transforms_that_disagree(header(*forms), SHAPE) is None


@pytest.mark.parametrize(("unit", "in_a_mm"), [("mm", 1), ("micron", 1000)])
def test_the_one_that_counts_is_named_where_they_disagree(unit, in_a_mm):
    scale = np.diag([in_a_mm] * 3 + [1.0])
    said = transforms_that_disagree(header(scale @ moved(0), scale @ moved(5), unit), SHAPE)
    assert said == "the header's qform and sform put voxels up to 5 mm apart; the sform counts."


def test_a_little_over_a_millimetre_is_said():
    assert "up to 1 mm apart" in transforms_that_disagree(header(moved(0), moved(1.4)), SHAPE)


def test_the_qform_counts_where_there_is_no_sform():
    np.testing.assert_allclose(affine_in_mm(header(qform=brain_affine())), brain_affine(), rtol=1e-5)


def test_a_qform_that_is_no_number_is_not_compared():
    broken = header(brain_affine(), brain_affine())
    broken["qoffset_x"] = np.nan
    assert transforms_that_disagree(broken, SHAPE) is None


def test_a_qform_that_is_none_is_not_compared():
    broken = header(brain_affine(), brain_affine())
    broken["quatern_b"], broken["quatern_c"] = 1, 1
    assert transforms_that_disagree(broken, SHAPE) is None


def test_it_is_a_remark_that_names_its_scans(tmp_path):
    paths = {}
    for name, shift in (("t1", 5.0), ("t2", 5.0), ("flair", 0.0)):
        image = nib.Nifti1Image(brain_image(name, brain_affine()), brain_affine())
        image.set_sform(brain_affine(), 1)
        image.set_qform(moved(shift), 1)
        nib.save(image, tmp_path / f"a_{name}.nii.gz")
        paths[name] = tmp_path / f"a_{name}.nii.gz"
    volumes = load_volumes(Study("a", paths, ("read.",)))
    said = "T1, T2: the header's qform and sform put voxels up to 5 mm apart; the sform counts."
    assert volumes.remarks == ("read.", said)
    np.testing.assert_allclose(volumes.affine, brain_affine())
