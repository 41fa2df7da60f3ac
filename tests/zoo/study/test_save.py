from __future__ import annotations

import nibabel as nib
import numpy as np
import pytest

from tests_support import brain_affine
from zoo.study.save import save_nifti


@pytest.mark.parametrize("name", ["a.nii.gz", "a.nii"])
def test_integers_are_kept_exactly(tmp_path, name):
    data = np.arange(-500, 500, dtype=np.float32).reshape(10, 10, 10)
    save_nifti(tmp_path / name, data, brain_affine())
    image = nib.load(tmp_path / name)
    np.testing.assert_array_equal(image.get_fdata(), data)
    np.testing.assert_allclose(image.affine, brain_affine())


def test_other_values_keep_their_sign_and_their_zero(tmp_path):
    data = np.random.default_rng(0).normal(0, 1e-4, (6, 7, 8, 4)).astype(np.float32)
    data[::2] = 0
    save_nifti(tmp_path / "a.nii.gz", data, brain_affine())
    loaded = nib.load(tmp_path / "a.nii.gz").get_fdata()
    np.testing.assert_allclose(loaded, data, atol=np.abs(data).max() / 60000)
    assert (loaded[::2] == 0).all()


@pytest.mark.parametrize("data", [np.zeros((4, 4, 4)), np.full((4, 4, 4), 1e6)])
def test_flat_data(tmp_path, data):
    save_nifti(tmp_path / "a.nii", data, brain_affine())
    np.testing.assert_allclose(nib.load(tmp_path / "a.nii").get_fdata(), data)


def test_labels_are_kept_as_they_are(tmp_path):
    labels = np.asfortranarray(np.random.default_rng(0).integers(0, 5, (6, 7, 8), dtype=np.uint8))
    save_nifti(tmp_path / "a.nii.gz", labels, brain_affine())
    image = nib.load(tmp_path / "a.nii.gz")
    assert image.get_data_dtype() == np.uint8
    np.testing.assert_array_equal(np.asarray(image.dataobj), labels)
