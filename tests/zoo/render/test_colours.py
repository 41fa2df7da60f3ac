"""A few voxels must not decide how a whole map is drawn, nor an eye which region it sees."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from zoo.render.colours import REGION_COLOURS, full_colour
from zoo.render.heat_picture import FOR_HGG, FOR_LGG
from zoo.types import REGION_LABELS

SEEN_BY = {  # linear RGB as others see it: Machado, Oliveira and Fernandes 2009, at full severity
    "all": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def _lab(colour, vision):
    """CIELAB of a colour of sRGB as some see it."""
    share = np.array(colour) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    xyz = TO_XYZ @ np.clip(np.array(SEEN_BY[vision]) @ linear, 0, 1) / (0.9505, 1, 1.089)
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("vision", SEEN_BY)
def test_regions_are_told_apart_from_each_other_from_heat_and_from_grey(vision):
    """A difference of 2 can just be seen side by side."""
    assert tuple(REGION_COLOURS) == tuple(REGION_LABELS)
    regions = [_lab(colour, vision) for colour in REGION_COLOURS.values()]
    others = [_lab(colour, vision) for colour in (*FOR_HGG, *FOR_LGG, *([grey] * 3 for grey in range(256)))]
    assert min(np.linalg.norm(one - other) for one, other in combinations(regions, 2)) > 50
    assert min(np.linalg.norm(one - other) for one in regions for other in others) > 12


def test_a_peak_of_a_few_voxels_makes_nothing_else_faint():
    values = np.zeros((4, 20, 20, 20))
    values[1, :10] = np.linspace(-1, 1, 4000).reshape(10, 20, 20)
    plain = full_colour(values)
    values[1, 5, 5, 5] = 50
    assert plain == pytest.approx(0.998, abs=0.002)
    assert full_colour(values) == pytest.approx(plain, abs=0.01)


def test_a_map_of_nothing_and_of_one_value():
    assert full_colour(np.zeros((4, 2, 2, 2))) == 1
    assert full_colour(np.array([0, 0, -3.0])) == 3
