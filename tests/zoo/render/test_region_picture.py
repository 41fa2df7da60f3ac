"""Outlines of regions lie where the regions do, in their colours."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from tests_support import brain_affine, make_volumes
from zoo.render.colours import REGION_COLOURS
from zoo.render.region_picture import outlined, region_picture


def _places(rgb, region):
    return np.argwhere((rgb == REGION_COLOURS[region]).all(axis=2))


def test_each_region_is_outlined_in_its_colour_in_the_fullest_slice():
    volumes = make_volumes(brain_affine())
    labels = np.zeros(volumes.brain.shape, np.uint8)
    labels[30:40, 36:44, 25] = 2
    labels[33:36, 38:41, 25] = 4
    labels[5:8, 5:8, 30] = 1
    modality, png = region_picture(volumes, labels)
    rgb = np.asarray(Image.open(io.BytesIO(png)))
    assert modality == "t1ce"
    assert len(_places(rgb, "core")) == 0, "in another slice"
    oedema, enhancing = (_places(rgb, name) for name in ("oedema", "enhancing"))
    assert oedema.min(axis=0).tolist() == [36, 30], "BraTS axes run to the left and back, as the picture's do"
    assert oedema.max(axis=0).tolist() == [43, 39]
    assert len(enhancing) == 8, "a ring of three by three"


def test_a_study_without_t1ce_is_shown_on_what_there_is():
    volumes = make_volumes(brain_affine(), modalities=("t2", "flair"))
    assert region_picture(volumes, np.ones(volumes.brain.shape, np.uint8))[0] == "t2"


def test_an_outline_is_where_the_next_pixel_is_another():
    labels = np.array([[1, 1, 1, 0], [1, 1, 1, 2], [1, 1, 1, 2], [0, 0, 0, 0]])
    expected = [[1, 1, 1, 0], [1, 0, 1, 2], [1, 1, 1, 2], [0, 0, 0, 0]]
    np.testing.assert_array_equal(outlined(labels), expected)
