"""A heat map in a picture lies where it lies in the study."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from tests_support import brain_affine, make_volumes
from zoo.render.heat_picture import heat_picture
from zoo.study.save import save_nifti


def _picture(tmp_path, volumes, voxel, modality, value):
    heat = np.zeros((*volumes.brain.shape, 4), np.float32)
    x, y, z = voxel
    heat[x - 2 : x + 3, y - 2 : y + 3, z - 1 : z + 2, modality] = value
    save_nifti(tmp_path / "heat.nii.gz", heat, volumes.affine)
    name, png = heat_picture(volumes, tmp_path / "heat.nii.gz")
    return name, np.asarray(Image.open(io.BytesIO(png))).astype(int)


@pytest.mark.parametrize(("value", "warm"), [(2.0, True), (-2.0, False)])
def test_colour_and_place_are_those_of_the_map(tmp_path, value, warm):
    volumes = make_volumes(brain_affine())
    x, y, z = 35, 40, 25
    name, rgb = _picture(tmp_path, volumes, (x, y, z), 3, value)
    assert name == "flair"
    coloured = np.argwhere(np.ptp(rgb, axis=2) > 40)
    assert np.abs(coloured.mean(axis=0) - (y, x)).max() < 1, "BraTS axes run to the left and back, as the picture's do"
    row, column = coloured[len(coloured) // 2]
    assert (rgb[row, column, 0] > rgb[row, column, 2]) == warm


def test_the_patients_right_is_on_the_left(tmp_path):
    volumes = make_volumes(brain_affine())
    right = int(np.linalg.inv(volumes.affine)[0] @ [30, 0, 0, 1])  # world x grows towards the patient's right
    _, rgb = _picture(tmp_path, volumes, (right, 34, 25), 1, 1.0)
    columns = np.argwhere(np.ptp(rgb, axis=2) > 40)[:, 1]
    assert columns.mean() < rgb.shape[1] / 2


def test_an_empty_map_is_a_grey_picture(tmp_path):
    volumes = make_volumes(brain_affine())
    save_nifti(tmp_path / "heat.nii.gz", np.zeros((4, 4, 4, 4), np.float32), volumes.affine)
    _, png = heat_picture(volumes, tmp_path / "heat.nii.gz")
    assert np.ptp(np.asarray(Image.open(io.BytesIO(png))), axis=2).max() == 0
