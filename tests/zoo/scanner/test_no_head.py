"""What is no head of one patient: prepared or not, it gets no grade, and a reason in words."""

from __future__ import annotations

import nibabel as nib
import numpy as np
import pytest

import zoo

pytestmark = pytest.mark.long
SHAPE, SPACING = (100, 100, 54), (2.2, 2.2, 3.2)
PLACES = np.moveaxis((np.indices(SHAPE).T - (np.array(SHAPE) - 1) / 2).T * np.reshape(SPACING, (3, 1, 1, 1)), 0, -1)
X, Y, Z = np.moveaxis(PLACES, -1, 0)


def _phantom():
    """Water in a cylinder, with nine bright rods."""
    voxels = np.where((np.hypot(X, Y) < 90) & (abs(Z) < 80), 700.0, 0)
    for x in (-50, 0, 50):
        for y in (-50, 0, 50):
            voxels[np.hypot(X - x, Y - y) < 8] = 1500
    return voxels


def _spine():
    """Six vertebrae, a cord behind them, muscle and fat around."""
    voxels = np.where((abs(X) < 90) & (abs(Y) < 80), 250.0, 0)
    for height in range(-75, 80, 30):
        voxels[(np.hypot(X, Y - 10) < 20) & (abs(Z - height) < 11)] = 900
    voxels[np.hypot(X, Y + 20) < 7] = 500
    return voxels


@pytest.fixture
def write(tmp_path):
    """write(voxels) → four scans of it, each a little brighter and noisy."""

    def written(voxels):
        rng = np.random.default_rng(28)
        for number, name in enumerate(zoo.MODALITIES):
            noisy = voxels * (1 + 0.1 * number) + rng.normal(0, 8, voxels.shape)
            image = nib.Nifti1Image(noisy.clip(0).astype(np.int16), np.diag([*SPACING, 1.0]))
            nib.save(image, tmp_path / f"case1_{name}.nii.gz")
        return tmp_path

    return written


@pytest.mark.parametrize("shown", [_phantom, _spine])
def test_no_grade_is_given_for_what_is_no_head(write, shown):
    with pytest.raises(zoo.ZooError, match=r"found 2\.\d+ litres|could not be laid|no brain|one brain in both"):
        zoo.grade(zoo.open_study(write(shown()), raw=True))


def test_three_slices_are_no_volume(write):
    with pytest.raises(zoo.StudyError, match=r"T1: expected 16 to 512 voxels along each axis, found \(100, 100, 3\)"):
        zoo.open_study(write(_phantom()[:, :, 25:28]), raw=True)
