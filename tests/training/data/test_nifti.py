"""Masks and images of a cohort are opened as they are stored."""

from __future__ import annotations

import nibabel as nib
import numpy as np
import pytest

from training.data.nifti import open_image, read_mask

LABELS = np.zeros((4, 3, 2), np.uint8)
LABELS[1, 2, 0], LABELS[3, 0, 1] = 4, 1
AFFINE = np.diag([1.0, 2.0, 3.0, 1.0])


@pytest.fixture(params=[nib.Nifti1Image, nib.Nifti2Image])
def mask(request, tmp_path):
    path = tmp_path / "mask.nii.gz"
    nib.save(request.param(LABELS, AFFINE), path)
    return path


def test_a_mask_keeps_its_labels(mask):
    np.testing.assert_array_equal(read_mask(mask), LABELS)


def test_an_image_tells_where_it_lies(mask):
    np.testing.assert_array_equal(open_image(mask).affine, AFFINE)
