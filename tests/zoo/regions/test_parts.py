from __future__ import annotations

import numpy as np
import SimpleITK

from zoo.regions.parts import connected_parts


def test_pieces_are_simpleitks():
    mask = np.random.default_rng(0).random((24, 20, 16)) < 0.06
    numbers, sizes = connected_parts(mask)
    pieces = SimpleITK.ConnectedComponent(SimpleITK.GetImageFromArray(mask.astype(np.uint8)), True)
    expected = np.bincount(SimpleITK.GetArrayFromImage(pieces).ravel())[1:]
    assert sorted(sizes) == sorted(expected)
    assert sizes[numbers[tuple(np.argwhere(mask)[0])] - 1] >= 1
    np.testing.assert_array_equal(numbers > 0, mask)


def test_a_corner_joins():
    mask = np.zeros((4, 4, 4), bool)
    mask[0, 0, 0] = mask[1, 1, 1] = mask[3, 3, 3] = True
    assert connected_parts(mask)[1].tolist() == [2, 1]
    assert connected_parts(mask & False)[1].tolist() == []
